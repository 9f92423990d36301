import { anyCloud, nodesOnly } from '../soak.js';
import type { Platform } from './platform.js';

const prefix = 'service.beta.kubernetes.io/aws-load-balancer';

/** The AWS Load Balancer Controller makes it (type external), not the old one inside Kubernetes. */
const common = { [`${prefix}-type`]: 'external', [`${prefix}-nlb-target-type`]: 'instance' };

/**
 * Amazon EKS with the AWS Load Balancer Controller (kubernetes-sigs.github.io/aws-load-balancer-controller).
 *
 * The targets are nodes, not pods: a switch then moves what kube-proxy knows, in a second, and no target has to be
 * registered and found healthy first. Without a scheme the controller makes a private load balancer. None of these may
 * change once the Service is there.
 */
export const eks: Platform = {
  title: 'eks: Amazon EKS, with the AWS Load Balancer Controller',
  // The targets are nodes, and one that is deregistered keeps its connections as long as anywhere.
  soak: { ...anyCloud, blend: nodesOnly.blend },
  loadBalancers: {
    external: { ...common, [`${prefix}-scheme`]: 'internet-facing' },
    internal: { ...common, [`${prefix}-scheme`]: 'internal' },
  },
};
