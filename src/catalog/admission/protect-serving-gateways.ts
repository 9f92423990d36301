import { type FileSpec, fromTemplate } from '../../model/file-spec.js';
import type { Mesh } from '../../model/mesh.js';
import { gatewayNamespace, gatewayNamespaces } from '../namespaces.js';

const folder = 'bases/admission';
const policy = 'protect-serving-gateways.yaml';

/**
 * A gateway that serves alone must not be deleted: an engine may prune before it switches, and a person may err.
 *
 * The entry Service is the parameter, so it counts what is true in the cluster at that moment, and not what a commit says.
 * A selector without a version, while both serve, protects neither, and a Deployment without a ready pod serves nobody. A
 * binding a gateway: with the gateway goes its protection.
 */
export function protectServingGateways(mesh: Mesh): FileSpec[] {
  return [
    fromTemplate(`${folder}/${policy}`, 'managed', `templates/${folder}/${policy}`, {
      namespaces: gatewayNamespaces(mesh),
    }),
    ...Object.keys(mesh.gateways).map((gateway) =>
      fromTemplate(
        `${folder}/${gateway}.protection.yaml`,
        'managed',
        `templates/${folder}/__gateway__.protection.yaml`,
        {
          name: `istio-prod-protect-${gateway}`,
          gateway,
          namespace: gatewayNamespace(mesh, gateway),
        },
      ),
    ),
  ];
}
