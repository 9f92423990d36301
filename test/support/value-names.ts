import semver from 'semver';

/** A value that Istio's charts take: its path, the first version that has it, and whether it is a map of anything. */
interface ValueName {
  readonly path: string;
  readonly since?: string;
  /** The last minor that has it; left out: all since. */
  readonly until?: string;
  readonly free?: true;
  /** Why the chart's values.yaml does not declare it. */
  readonly undeclared?: string;
}

/** Read by the templates, or by the profiles, of the chart. */
const undeclared = 'only its templates read it';

/**
 * The names of values, per chart, that we use. Istio's charts `base` and `istiod` take any name and ignore one that they do
 * not know (before 1.24 and after), so a misspelt one would be lost in silence.
 *
 * Read from manifests/charts of istio/istio at the tags of each minor; where the recorded names are at hand, a test compares.
 */
const names: Readonly<Record<string, readonly ValueName[]>> = {
  base: [{ path: 'defaultRevision' }, { path: 'global.istioNamespace' }, { path: 'base.enableCRDTemplates' }],
  istiod: [
    { path: 'revision' },
    { path: 'revisionTags' },
    { path: 'profile', since: '1.21.0', undeclared },
    { path: 'global.hub' },
    { path: 'global.tag' },
    { path: 'global.istioNamespace' },
    { path: 'global.platform', since: '1.19.0', undeclared },
    { path: 'global.meshID' },
    { path: 'global.network' },
    { path: 'global.multiCluster.clusterName' },
    { path: 'meshConfig', free: true },
    { path: 'pilot.autoscaleEnabled' },
    { path: 'pilot.autoscaleMin' },
    { path: 'pilot.autoscaleMax' },
    { path: 'pilot.cpu.targetAverageUtilization' },
    { path: 'pilot.resources', free: true },
    { path: 'pilot.env', free: true },
    { path: 'pilot.enableProtocolSniffingForInbound', until: '1.18' },
    { path: 'pilot.enableProtocolSniffingForOutbound', until: '1.18' },
    { path: 'global.proxy.resources', free: true },
    { path: 'pilot.cni.enabled', since: '1.22.0' },
    { path: 'pilot.cni.provider', since: '1.22.0' },
    { path: 'pilot.trustedZtunnelNamespace', since: '1.23.0' },
    { path: 'istio_cni.enabled', until: '1.21', undeclared },
    { path: 'istio_cni.chained', until: '1.21', undeclared },
    { path: 'base.validationFailurePolicy', since: '1.28.6', undeclared },
  ],
  cni: [
    { path: 'profile', since: '1.21.0', undeclared },
    { path: 'global.hub' },
    { path: 'global.tag' },
    { path: 'global.platform', since: '1.24.0', undeclared },
    ...(['cniBinDir', 'cniConfDir', 'cniConfFileName', 'excludeNamespaces', 'chained'] as const).map((name) => ({
      path: `cni.${name}`,
    })),
    { path: 'cni.privileged', until: '1.21' },
    { path: 'cni.provider', since: '1.19.0' },
  ],
  ztunnel: [
    { path: 'hub' },
    { path: 'tag' },
    { path: 'revision' },
    { path: 'istioNamespace' },
    { path: 'network', undeclared },
    { path: 'multiCluster.clusterName' },
    { path: 'resourceName', undeclared },
    { path: 'terminationGracePeriodSeconds' },
  ],
};

/** The names that a chart of a version takes. */
export function valueNames(chart: string, version: string): readonly ValueName[] {
  const known = names[chart];
  if (known === undefined) throw new Error(`No values are known of the chart ${chart}`);
  return known.filter(
    ({ since = '0.0.0', until = '99.0' }) =>
      semver.gte(version, since) && semver.lt(version, semver.inc(`${until}.0`, 'minor') ?? version),
  );
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
