import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { gatewayAccount } from '../../model/gateway.js';
import { ingressGateways } from '../chosen-gateways.js';
import { istioApi } from '../istio-api.js';
import { gatewayNamespace } from '../namespaces.js';
import { configItem } from './item.js';

/** Authorization, namespace by namespace (istio.io/docs/tasks/security/authorization). */
export const denyByDefault = configItem({
  group: 'security',
  title: 'An example of deny-by-default for one namespace: what is not allowed is refused.',
  cost: 'Nothing by itself: it is an example in docs/examples for the owners of a namespace. Never put it into the root namespace, where it would hold for everything, the gateways too.',
  since: '1.9',
  settings: z.strictObject({}),
  parts: (mesh) => {
    const [first] = ingressGateways(mesh);
    const gateway = first?.gateway ?? Object.keys(mesh.gateways)[0] ?? '';
    return {
      examples: [
        fromTemplate('deny-by-default.yaml', 'seeded', 'templates/config/deny-by-default/example.yaml', {
          security: istioApi(mesh, 'security.istio.io'),
          principal: `${mesh.trustDomain}/ns/${gatewayNamespace(mesh, gateway)}/sa/${gatewayAccount(mesh, gateway)}`,
        }),
      ],
    };
  },
});
