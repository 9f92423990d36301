import { nodesOnly } from '../soak.js';
import type { Platform } from './platform.js';

/**
 * Clusters that give no LoadBalancer Service an address (bare metal, k3s without its balancer).
 *
 * Engines wait for the address before they call such a Service healthy, and Argo CD's annotation ignore-healthcheck does
 * not count inside a sync: so the entry Services are NodePorts here.
 */
export const bareMetal: Platform = {
  title: 'bare-metal: no load balancers, entry Services are NodePorts',
  withoutLoadBalancers: true,
  soak: nodesOnly,
};
