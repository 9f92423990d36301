import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { gatewaysSetting, ingressGateways, notThere } from '../envoy-filter.js';
import { configItem } from './item.js';

/** The gateways see the address of the client (kubernetes.io/docs, Preserving the client source IP). */
export const preserveClientIp = configItem({
  group: 'gateways',
  title: 'Ingress gateways see the IP address of the client: externalTrafficPolicy is Local on their entry Services.',
  cost: 'Only nodes with a gateway pod take traffic, so it spreads less evenly, and at a cut the load balancer must notice which nodes those are: leave both versions serving for longer than its health check takes.',
  since: '1.9',
  disrupts: () =>
    'until the load balancer has noticed which nodes have a gateway pod, it also sends requests to those that have none',
  settings: z.strictObject({ gateways: gatewaysSetting }),
  unfit: (mesh, { gateways }) => notThere(mesh, gateways),
  parts: (mesh, { gateways }) => ({
    layers: () =>
      ingressGateways(mesh, gateways).map(({ gateway }) => ({
        layer: '5-switch' as const,
        files: [
          fromTemplate(
            `${gateway}.client-ip.yaml`,
            'managed',
            'templates/config/preserve-client-ip/__gateway__.client-ip.yaml',
            { gateway },
          ),
        ],
        patches: [{ path: `${gateway}.client-ip.yaml`, target: { kind: 'Service', name: gateway } }],
      })),
  }),
});
