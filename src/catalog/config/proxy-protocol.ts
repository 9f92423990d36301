import * as z from 'zod';
import { envoyFilter, gatewaysSetting, ingressGateways, notThere } from '../envoy-filter.js';
import { since } from '../versions.js';
import { configItem } from './item.js';

/** The PROXY protocol in front of a gateway (istio.io/docs/ops/configuration/traffic-management/network-topologies). */
export const proxyProtocol = configItem({
  group: 'gateways',
  title: 'Gateways read the PROXY protocol, by which a load balancer tells the address of the client.',
  cost: 'From then on a gateway understands nothing else: the load balancer must send it, also in its health checks of traffic ports. Best for a gateway that is new.',
  since: '1.9',
  disrupts: () =>
    'a gateway that expects the PROXY protocol refuses a load balancer that does not send it, and the other way round',
  settings: z.strictObject({ gateways: gatewaysSetting }),
  unfit: (mesh, { gateways }) => notThere(mesh, gateways),
  parts: (mesh, { gateways }) => ({
    copies: (live) =>
      ingressGateways(mesh, gateways).map(({ gateway, istio }) =>
        // A listener filter can be put in first from 1.17 on; before, both are appended, and TLS is looked for once more behind it.
        envoyFilter('proxy-protocol', gateway, live, { istio }, {}, since(live.version, '1.17') ? 'first' : 'appended'),
      ),
  }),
});
