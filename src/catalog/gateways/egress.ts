import type { GatewayKind } from './kind.js';

/** Traffic that leaves the mesh. Its entry Service is named in VirtualServices, so it is a ClusterIP with a stable name. */
export const egress: GatewayKind = {
  title: 'egress: traffic that leaves the mesh',
  defaultName: 'istio-egressgateway',
  dedicatedNamespace: 'istio-egress',
  serviceType: 'ClusterIP',
  component: 'egressGateways',
  crossesNetworks: false,
  ports: [
    { name: 'http2', port: 80, targetPort: 8080, protocol: 'TCP' },
    { name: 'https', port: 443, targetPort: 8443, protocol: 'TCP' },
  ],
};
