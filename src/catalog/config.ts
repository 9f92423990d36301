import type { Mesh } from '../model/mesh.js';
import { accessLogByLabel } from './config/access-log-by-label.js';
import { denyByDefault } from './config/deny-by-default.js';
import { discoverySelectors } from './config/discovery-selectors.js';
import type { ConfigItem, ConfigParts } from './config/item.js';
import { preserveClientIp } from './config/preserve-client-ip.js';
import { sidecarScope } from './config/sidecar-scope.js';
import { merge } from './merge.js';

/** The catalogue of configuration, in the order of its list. To add an item: its file and its line here. */
export const configItems: Readonly<Record<string, ConfigItem>> = {
  'discovery-selectors': discoverySelectors,
  'sidecar-scope': sidecarScope,
  'access-log-by-label': accessLogByLabel,
  'deny-by-default': denyByDefault,
  'preserve-client-ip': preserveClientIp,
};

/** An item of a mesh: its name, and what it adds. */
export interface Configured extends ConfigParts {
  readonly name: string;
}

/** What the items of a mesh add, in the order of the catalogue; the mesh has passed `checkMesh`. */
export function configured(mesh: Mesh): Configured[] {
  return Object.entries(configItems)
    .filter(([name]) => mesh.config[name] !== undefined)
    .map(([name, item]) => ({ name, ...item.parts(mesh, mesh.config[name]) }));
}

/** What the items of a mesh say together about one thing. */
export function mergedConfig(mesh: Mesh, part: 'meshConfig' | 'values' | 'telemetry'): Record<string, unknown> {
  return configured(mesh)
    .map((parts) => parts[part] ?? {})
    .reduce<Record<string, unknown>>(merge, {});
}

/** The kinds beyond Istio's own that the items of a mesh bring, by API group. */
export function configKinds(mesh: Mesh): Record<string, readonly string[]> {
  const items = Object.keys(mesh.config).flatMap((name) => configItems[name] ?? []);
  const kinds = new Map<string, Set<string>>();
  for (const [group, names] of items.flatMap((item) => Object.entries(item.kinds ?? {})))
    kinds.set(group, new Set([...(kinds.get(group) ?? []), ...names]));
  return Object.fromEntries([...kinds].map(([group, names]) => [group, [...names].sort()]));
}

/** The settings of these items as a mesh file holds them: every default written out, so that no release of this package alters them. */
export function defaultSettings(names: readonly string[]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const item = configItems[name];
      return item === undefined ? [] : [[name, item.settings.parse({})]];
    }),
  );
}
