import { nodesOnly } from '../soak.js';
import type { Platform } from './platform.js';

/** kind (kind.sigs.k8s.io): no LoadBalancer Service gets an address, so the entry Services are NodePorts. */
export const kind: Platform = {
  title: 'kind: Kubernetes in Docker, entry Services are NodePorts',
  soak: nodesOnly,
  withoutLoadBalancers: true,
};
