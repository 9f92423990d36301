import type { GatewayKind } from './kind.js';

/** Traffic between clusters (istio.io/docs/setup/install/multicluster): TLS ends at the workload, the gateway reads the SNI only. */
export const eastwest: GatewayKind = {
  title: 'eastwest: traffic between clusters',
  defaultName: 'istio-eastwestgateway',
  dedicatedNamespace: 'istio-eastwest',
  serviceType: 'LoadBalancer',
  component: 'ingressGateways',
  crossesNetworks: true,
  ports: [
    { name: 'status-port', port: 15021, targetPort: 15021, protocol: 'TCP' },
    { name: 'tls', port: 15443, targetPort: 15443, protocol: 'TCP' },
    { name: 'tls-istiod', port: 15012, targetPort: 15012, protocol: 'TCP' },
    { name: 'tls-webhook', port: 15017, targetPort: 15017, protocol: 'TCP' },
  ],
};
