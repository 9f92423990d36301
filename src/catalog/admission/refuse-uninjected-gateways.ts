import { type FileSpec, fromTemplate } from '../../model/file-spec.js';
import { istioLabel } from '../../model/gateway.js';
import type { Mesh } from '../../model/mesh.js';
import { gatewayNamespaces } from '../namespaces.js';

const file = 'refuse-uninjected-gateways.yaml';

/**
 * A gateway pod that no webhook has injected keeps the image "auto", which no registry has, and never heals by itself
 * (istio/istio#53290). Refused, it is no pod: the ReplicaSet tries again until istiod injects it.
 *
 * It is looked at after all webhooks have changed the pod, so an injected one never matches. Only pods of the mesh's
 * gateways in their namespaces are looked at, and where the policy itself fails, the pod is let through.
 */
export function refuseUninjectedGateways(mesh: Mesh): FileSpec {
  const labels = Object.keys(mesh.gateways).map((gateway) => `'${istioLabel(gateway)}'`);
  return fromTemplate(`bases/admission/${file}`, 'managed', `templates/bases/admission/${file}`, {
    namespaces: gatewayNamespaces(mesh),
    isGateway: `has(object.metadata.labels) && 'istio' in object.metadata.labels && object.metadata.labels['istio'] in [${labels.join(', ')}]`,
  });
}
