import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { listenersService } from '../../model/gateway.js';
import { ingressGateways } from '../chosen-gateways.js';
import { gatewayNamespace } from '../namespaces.js';
import { configItem } from './item.js';

/**
 * The Gateway API on the gateways of this repository (istio.io/docs/tasks/traffic-management/ingress/gateway-api, manual
 * deployment). Its address is the permanent Service over all revisions, not the entry Service: what the entry Service does not
 * select would else have no listeners before the switch.
 */
export const gatewayApiExample = configItem({
  group: 'gateways',
  title:
    'An example of the Gateway API on a gateway of this repository, in all its revisions, with a redirect to HTTPS.',
  cost: 'Nothing by itself: it is an example in docs/examples. The cluster needs the CustomResourceDefinitions of the Gateway API 1.0 or later.',
  since: '1.20',
  instead: 'Take gateway-example, with Istio’s own API',
  unfit: (mesh) => (ingressGateways(mesh).length === 0 ? 'the mesh has no gateway of kind ingress' : undefined),
  settings: z.strictObject({}),
  parts: (mesh) => ({
    examples: ingressGateways(mesh)
      .slice(0, 1)
      .map(({ gateway }) =>
        fromTemplate('gateway-api-example.yaml', 'seeded', 'templates/config/gateway-api-example/example.yaml', {
          namespace: gatewayNamespace(mesh, gateway),
          address: `${listenersService(gateway)}.${gatewayNamespace(mesh, gateway)}.svc.cluster.local`,
        }),
      ),
  }),
});
