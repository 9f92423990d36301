import { type FileSpec, fromTemplate } from '../model/file-spec.js';
import type { LiveRevision } from './config/item.js';
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
  { revision, version, rootNamespace }: LiveRevision,
  selector: Readonly<Record<string, string>>,
  data: object = {},
): FileSpec {
  return fromTemplate(`${scope}-${item}.yaml`, 'managed', `templates/config/${item}/envoy-filter.yaml`, {
    ...data,
    name: `${scope}-${item}-${revision}`,
    namespace: rootNamespace,
    revision,
    proxyVersion: `^${minorOf(version).replace('.', '\\.')}\\..*`,
    selector,
  });
}
