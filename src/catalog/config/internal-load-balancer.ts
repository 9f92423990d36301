import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { gatewaysSetting, ingressGateways, notThere } from '../envoy-filter.js';
import { configItem } from './item.js';

/** Load balancers without a public address. A cloud reads its own annotation and passes over those of others. */
export const internalLoadBalancer = configItem({
  group: 'gateways',
  title: 'The load balancers of gateways have an address inside of the network only (AWS, Google Cloud, Azure).',
  cost: 'On an entry Service that has its address already, most clouds make a new load balancer with another address: best for a gateway that is new.',
  since: '1.9',
  disrupts: () => 'most clouds make the load balancer anew, with another address',
  settings: z.strictObject({ gateways: gatewaysSetting }),
  unfit: (mesh, { gateways }) => notThere(mesh, gateways),
  parts: (mesh, { gateways }) => ({
    layers: () =>
      ingressGateways(mesh, gateways).map(({ gateway }) => ({
        layer: '5-switch' as const,
        files: [
          fromTemplate(
            `${gateway}.internal.yaml`,
            'managed',
            'templates/config/internal-load-balancer/__gateway__.internal.yaml',
            { gateway },
          ),
        ],
        patches: [{ path: `${gateway}.internal.yaml`, target: { kind: 'Service', name: gateway } }],
      })),
  }),
});
