import { anyCloud } from '../soak.js';
import type { Platform } from './platform.js';

/** Azure Kubernetes Service (kubernetes-sigs.github.io/cloud-provider-azure/topics/loadbalancer): public where nothing is said. */
export const aks: Platform = {
  title: 'aks: Azure Kubernetes Service',
  soak: anyCloud,
  loadBalancers: {
    external: {},
    internal: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' },
  },
};
