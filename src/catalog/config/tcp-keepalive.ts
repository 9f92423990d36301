import * as z from 'zod';
import { gatewaysSetting, ingressGateways, notThere } from '../chosen-gateways.js';
import { envoyFilter } from '../envoy-filter.js';
import { configItem } from './item.js';

/** Socket options of Linux (man 7 tcp) on the listeners of a gateway. */
export const tcpKeepalive = configItem({
  group: 'gateways',
  title: 'Gateways send TCP keepalives to clients, so that a load balancer does not forget a quiet connection.',
  cost: 'The listeners of these gateways are made anew: connections end within the drain time, once.',
  since: '1.9',
  settings: z.strictObject({
    gateways: gatewaysSetting,
    idleSeconds: z.int().min(1).max(32_767).default(300).describe('After how long without traffic they begin'),
    intervalSeconds: z.int().min(1).max(32_767).default(60).describe('The time between two'),
    probes: z.int().min(1).max(127).default(5).describe('How many without an answer end the connection'),
  }),
  unfit: (mesh, { gateways }) => notThere(mesh, gateways),
  parts: (mesh, { gateways, idleSeconds, intervalSeconds, probes }) => ({
    copies: (live) =>
      ingressGateways(mesh, gateways).map(({ gateway, istio }) =>
        envoyFilter('tcp-keepalive', gateway, live, { istio }, { idleSeconds, intervalSeconds, probes }),
      ),
  }),
});
