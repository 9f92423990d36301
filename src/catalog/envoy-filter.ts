import { type FileSpec, fromTemplate } from '../model/file-spec.js';
import { istioLabel } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import type { LiveRevision } from './config/item.js';
import { rootNamespace } from './namespaces.js';
import { minorOf } from './versions.js';

/**
 * The copy of an EnvoyFilter for one live revision, named <scope>-<item>-<revision>.
 *
 * Envoy's own configuration changes between versions, so each copy is read by the istiod of its revision only (the label
 * istio.io/rev) and applied to proxies of its minor only.
 */
export function envoyFilter(
  item: string,
  scope: string,
  { revision, version }: LiveRevision,
  selector: Readonly<Record<string, string>>,
  data: object = {},
  variant = 'envoy-filter',
): FileSpec {
  return fromTemplate(`${scope}-${item}.yaml`, 'managed', `templates/config/${item}/${variant}.yaml`, {
    ...data,
    name: `${scope}-${item}-${revision}`,
    namespace: rootNamespace,
    revision,
    proxyVersion: `^${minorOf(version).replace('.', '\\.')}\\..*`,
    selector,
  });
}

/** The gateways of kind ingress, each with the label that selects its pods in every revision. */
export function ingressGateways(mesh: Mesh, names?: readonly string[]): { gateway: string; istio: string }[] {
  return Object.entries(mesh.gateways)
    .filter(([name, { kind }]) => (names === undefined ? kind === 'ingress' : names.includes(name)))
    .map(([gateway]) => ({ gateway, istio: istioLabel(gateway) }));
}
