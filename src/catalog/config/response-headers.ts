import * as z from 'zod';
import { gatewaysSetting, ingressGateways, notThere } from '../chosen-gateways.js';
import { envoyFilter } from '../envoy-filter.js';
import { configItem } from './item.js';

/** Headers that tell of the inside (Envoy's response_headers_to_remove and server_header_transformation). */
export const responseHeaders = configItem({
  group: 'gateways',
  title: 'Gateways take headers out of answers that tell how the inside is made, such as server.',
  cost: 'Clients that read these headers no longer find them. The listeners of these gateways are made anew: connections end within the drain time, once.',
  since: '1.9',
  settings: z.strictObject({
    gateways: gatewaysSetting,
    remove: z
      .array(z.string().regex(/^[a-z0-9-]+$/, 'is no name of a header in lower case'))
      .min(1)
      .default(['server', 'x-powered-by', 'x-envoy-upstream-service-time', 'x-envoy-decorator-operation'])
      .describe('The headers that go'),
  }),
  unfit: (mesh, { gateways }) => notThere(mesh, gateways),
  parts: (mesh, { gateways, remove }) => ({
    copies: (live) =>
      ingressGateways(mesh, gateways).map(({ gateway, istio }) =>
        envoyFilter('response-headers', gateway, live, { istio }, { remove }),
      ),
  }),
});
