import semver from 'semver';

/** A value that Istio's charts take: its path, the first version that has it, and whether it is a map of anything. */
interface ValueName {
  readonly path: string;
  readonly since?: string;
  readonly free?: true;
  /** Why the chart's values.yaml does not declare it. */
  readonly undeclared?: string;
}

/**
 * The names of values, per chart, that we use. Istio's charts `base` and `istiod` take any name and ignore one that they do
 * not know (before 1.24 and after), so a misspelt one would be lost in silence.
 *
 * Read from manifests/charts of istio/istio at the tags of each minor; where the recorded names are at hand, a test compares.
 */
const names: Readonly<Record<string, readonly ValueName[]>> = {
  base: [{ path: 'defaultRevision' }, { path: 'global.istioNamespace' }],
  istiod: [
    { path: 'revision' },
    { path: 'revisionTags' },
    { path: 'global.hub' },
    { path: 'global.tag' },
    { path: 'global.istioNamespace' },
    { path: 'global.meshID' },
    { path: 'global.network' },
    { path: 'global.multiCluster.clusterName' },
    { path: 'meshConfig', free: true },
    { path: 'pilot.autoscaleEnabled' },
    { path: 'pilot.autoscaleMin' },
    { path: 'pilot.autoscaleMax' },
    { path: 'pilot.cpu.targetAverageUtilization' },
    { path: 'pilot.resources', free: true },
    { path: 'base.validationFailurePolicy', since: '1.28.6', undeclared: 'only its template reads it' },
  ],
};

/** The names that a chart of a version takes. */
export function valueNames(chart: string, version: string): readonly ValueName[] {
  const known = names[chart];
  if (known === undefined) throw new Error(`No values are known of the chart ${chart}`);
  return known.filter(({ since = '0.0.0' }) => semver.gte(version, since));
}

/** The charts that are known here. */
export const chartNames = Object.keys(names);

/** The schema by which Helm refuses a value that the chart of this version does not know. */
export function valuesSchema(chart: string, version: string): object {
  const root: Schema = { type: 'object', properties: {}, additionalProperties: false };
  for (const { path, free } of valueNames(chart, version)) {
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    let at = root;
    for (const part of parts) {
      at.properties[part] ??= { type: 'object', properties: {}, additionalProperties: false };
      at = at.properties[part];
    }
    at.properties[last] = free ? { type: 'object', properties: {}, additionalProperties: true } : leaf;
  }
  // Helm adds an empty "global" to whatever is given.
  root.properties['global'] ??= { type: 'object', properties: {}, additionalProperties: false };
  return root;
}

interface Schema {
  readonly type: string | string[];
  readonly properties: Record<string, Schema>;
  readonly additionalProperties: boolean;
}

const leaf: Schema = {
  type: ['string', 'number', 'boolean', 'array'],
  properties: {},
  additionalProperties: false,
};
