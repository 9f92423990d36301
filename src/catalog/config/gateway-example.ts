import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { ingressGateways } from '../chosen-gateways.js';
import { istioApi } from '../istio-api.js';
import { gatewayNamespace } from '../namespaces.js';
import { configItem } from './item.js';

/** A first Gateway and VirtualService; a Gateway selects the shared label, so old and new gateways take it alike. */
export const gatewayExample = configItem({
  group: 'gateways',
  title: 'An example of a Gateway with its certificate, HTTP redirected to HTTPS, and a route to a workload.',
  cost: 'Nothing by itself: it is an example in docs/examples.',
  since: '1.9',
  unfit: (mesh) => (ingressGateways(mesh).length === 0 ? 'the mesh has no gateway of kind ingress' : undefined),
  settings: z.strictObject({}),
  parts: (mesh) => ({
    examples: ingressGateways(mesh)
      .slice(0, 1)
      .map(({ gateway, istio }) =>
        fromTemplate('gateway-example.yaml', 'seeded', 'templates/config/gateway-example/example.yaml', {
          namespace: gatewayNamespace(mesh, gateway),
          networking: istioApi(mesh, 'networking.istio.io'),
          istio,
          route: `${gatewayNamespace(mesh, gateway)}/shop`,
        }),
      ),
  }),
});
