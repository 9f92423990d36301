import type { GatewayKind } from './kind.js';

/** Traffic from outside the mesh. 15021 comes first: classic AWS load balancers check the first port (istio 1.10 values). */
export const ingress: GatewayKind = {
  title: 'ingress: traffic from outside the mesh',
  defaultName: 'istio-ingressgateway',
  dedicatedNamespace: 'istio-ingress',
  serviceType: 'LoadBalancer',
  component: 'ingressGateways',
  crossesNetworks: false,
  ports: [
    { name: 'status-port', port: 15021, targetPort: 15021, protocol: 'TCP' },
    { name: 'http2', port: 80, targetPort: 8080, protocol: 'TCP' },
    { name: 'https', port: 443, targetPort: 8443, protocol: 'TCP' },
    { name: 'tcp', port: 31400, targetPort: 31400, protocol: 'TCP' },
    { name: 'tls', port: 15443, targetPort: 15443, protocol: 'TCP' },
  ],
};
