import semver from 'semver';
import type { Mesh } from '../model/mesh.js';
import { clusterOf, controlPlaneNamespace } from '../model/revision.js';
import { merge } from './merge.js';
import { controlPlaneValues, meshConfig } from './mesh-settings.js';
import { isAmbient, nodeAgent } from './node-agent.js';
import { ztunnelNamespace } from './ztunnel.js';

/** Values of the istiod of a version that every chart takes under `pilot` (from 1.24 they are also taken without). */
export function pilotValues(mesh: Mesh, version: string) {
  return {
    autoscaleEnabled: true,
    autoscaleMin: 2,
    autoscaleMax: 5,
    cpu: { targetAverageUtilization: 60 },
    resources: { requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '4Gi' } },
    ...(isAmbient(mesh) ? { trustedZtunnelNamespace: ztunnelNamespace } : {}),
    ...nodeAgent(mesh)?.controlPlaneValues(version).pilot,
  };
}

/** The values of the chart `istiod` that the version decides. */
export function istiodValues(mesh: Mesh, version: string, revision: string) {
  const platform = nodeAgent(mesh)?.controlPlaneValues(version);
  return {
    revision,
    revisionTags: [],
    ...platform?.top,
    global: { tag: version, istioNamespace: controlPlaneNamespace(mesh, revision), ...platform?.global },
    pilot: pilotValues(mesh, version),
    ...(hasFailurePolicy(version) ? { base: { validationFailurePolicy: 'Fail' } } : {}),
  };
}

/** The values that the mesh and the cluster decide, for the charts and for Sail. */
export function settingsValues(mesh: Mesh, cluster: string) {
  const decided = controlPlaneValues(mesh, cluster, clusterOf(mesh, cluster));
  return merge({ global: { hub: mesh.hub } }, { ...decided, meshConfig: meshConfig(mesh) });
}

/** The values of the chart `base`. The validator of the default revision is ours (5-switch), so the chart makes none. */
export function baseValues(namespace: string) {
  return { defaultRevision: '', global: { istioNamespace: namespace } };
}

/** The values of the chart of the CNI node agent, where the mesh needs one. */
export function cniValues(
  mesh: Mesh,
  version: string,
): { readonly profile?: string; readonly cni?: object; readonly global: object } {
  const { global, ...values } = nodeAgent(mesh)?.values(version) ?? {};
  return { ...values, global: { hub: mesh.hub, tag: version, ...global } };
}

/** From here on the chart can be told the failure policy that istiod sets at run time, so nothing drifts. */
function hasFailurePolicy(version: string): boolean {
  return semver.satisfies(version, '>=1.28.6 <1.29.0 || >=1.29.2', { includePrerelease: true });
}
