import type * as z from 'zod';
import type { FileSpec } from '../../model/file-spec.js';
import type { Contribution } from '../../model/layers.js';
import type { Mesh } from '../../model/mesh.js';

/** The groups of the list, in its order. */
export const groups = [
  'service discovery',
  'sidecar proxy',
  'access logs',
  'metrics',
  'by label',
  'security',
  'gateways',
] as const;

/** A live revision for which a copy is made. */
export interface LiveRevision {
  readonly revision: string;
  readonly version: string;
  /** Where EnvoyFilters for the whole mesh are. */
  readonly rootNamespace: string;
}

/** What an item adds to the repository; what it leaves out, it does not touch. */
export interface ConfigParts {
  /** Merged into the mesh configuration, alike for every live revision. */
  readonly meshConfig?: object;
  /** Merged into the values of every live control plane, so only keys that every version in the item's range knows. */
  readonly values?: object;
  /** Merged into the one Telemetry of the root namespace: istiod reads one there and passes over the others. */
  readonly telemetry?: object;
  /** Resources of the root namespace, relative to bases/istio-config/mesh. */
  readonly mesh?: readonly FileSpec[];
  /** A copy for each live revision, relative to bases/istio-config/revision-<revision>; it comes with `revision` and goes with `retire`. */
  readonly copies?: (live: LiveRevision) => readonly FileSpec[];
  /** What it adds to the layers of a cluster. */
  readonly layers?: (cluster: string) => readonly Contribution[];
  /** Examples for the team, written once, relative to docs/examples. */
  readonly examples?: readonly FileSpec[];
}

/** An item of the catalogue of configuration: one choice that people turn on, with few settings. */
export interface ConfigItem {
  readonly group: (typeof groups)[number];
  /** One sentence: what it does. */
  readonly title: string;
  /** One sentence: what it costs, and what has to restart. */
  readonly cost: string;
  /** The first and the last Istio minor that it is right for; no last one: all that follow. */
  readonly since: string;
  readonly until?: string;
  /** What to do in versions outside of that range. */
  readonly instead?: string;
  /** Items that it cannot live with. */
  readonly excludes?: readonly string[];
  /** Why requests may be lost where it goes from one state to another on a mesh that serves (undefined: it is not there); such an edit must be forced. */
  readonly disrupts?: (before: unknown, after: unknown) => string | undefined;
  /** Kinds that are not Istio's and that Argo CD must be allowed to apply, by API group. */
  readonly kinds?: Readonly<Record<string, readonly string[]>>;
  /** Every setting has a default, so that the name alone is a choice. */
  readonly settings: z.ZodObject;
  /** Why it does not fit this mesh, beyond the versions. */
  readonly unfit?: (mesh: Mesh, settings: unknown) => string | undefined;
  /** What it adds to the repository. `settings` are those of the mesh, or what `settings` takes for them. */
  readonly parts: (mesh: Mesh, settings: unknown) => ConfigParts;
}

/** An item whose functions get its settings parsed, with their types. */
export function configItem<S extends z.ZodObject>(
  item: Omit<ConfigItem, 'settings' | 'parts' | 'unfit' | 'disrupts'> & {
    readonly settings: S;
    readonly disrupts?: (before: z.infer<S> | undefined, after: z.infer<S> | undefined) => string | undefined;
    readonly unfit?: (mesh: Mesh, settings: z.infer<S>) => string | undefined;
    readonly parts: (mesh: Mesh, settings: z.infer<S>) => ConfigParts;
  },
): ConfigItem {
  const { settings, unfit, parts, disrupts, ...words } = item;
  // What an older release wrote may be no settings of today.
  const state = (given: unknown) => settings.safeParse(given).data;
  return {
    ...words,
    settings,
    ...(disrupts === undefined ? {} : { disrupts: (before, after) => disrupts(state(before), state(after)) }),
    ...(unfit === undefined ? {} : { unfit: (mesh, given) => unfit(mesh, settings.parse(given)) }),
    parts: (mesh, given) => parts(mesh, settings.parse(given)),
  };
}
