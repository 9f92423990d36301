import type { Platform } from './platform.js';

/** Clusters that give no LoadBalancer Service an address (kind, k3s without its balancer, bare metal): nothing may wait for one. */
export const bareMetal: Platform = {
  title: 'bare-metal: no load balancers, nothing waits for an address',
  withoutAddresses: true,
};
