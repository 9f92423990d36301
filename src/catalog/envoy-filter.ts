import * as z from 'zod';
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

/** The setting of items that are for some gateways: left out, all of kind ingress. */
export const gatewaysSetting = z
  .array(z.string())
  .min(1)
  .optional()
  .describe('The gateways that it is for; left out: all of kind ingress');

/** Why an item that is for gateways does not fit a mesh. */
export function notThere(mesh: Mesh, names: readonly string[] | undefined): string | undefined {
  const strangers = (names ?? []).filter((name) => mesh.gateways[name] === undefined);
  if (strangers.length > 0) return `the mesh has no gateway ${strangers.join(', ')}`;
  return ingressGateways(mesh, names).length === 0 ? 'the mesh has no gateway of kind ingress' : undefined;
}
