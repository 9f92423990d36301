import { chainedAgent } from '../chained-agent.js';
import { anyCloud } from '../soak.js';
import type { Platform } from './platform.js';

/**
 * Google Kubernetes Engine (cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer).
 *
 * The annotation of a public load balancer makes one with a backend service, which Google recommends; it counts only when
 * the Service is made.
 */
export const gke: Platform = {
  title: 'gke: Google Kubernetes Engine',
  soak: anyCloud,
  // istio.io/docs/setup/platform-setup/gke
  cni: chainedAgent(() => ({ cniBinDir: '/home/kubernetes/bin' })),
  loadBalancers: {
    external: { 'cloud.google.com/l4-rbs': 'enabled' },
    internal: { 'networking.gke.io/load-balancer-type': 'Internal' },
  },
};
