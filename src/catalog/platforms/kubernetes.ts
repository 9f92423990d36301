import { anyCloud } from '../soak.js';
import type { Platform } from './platform.js';

/** Any Kubernetes that gives LoadBalancer Services an address. */
export const kubernetes: Platform = {
  title: 'kubernetes: any Kubernetes with load balancers',
  soak: anyCloud,
};
