import semver from 'semver';
import { fromObject } from '../../model/file-spec.js';
import { kustomization } from '../../model/kustomization.js';
import type { Contribution } from '../../model/layers.js';
import type { Mesh } from '../../model/mesh.js';
import { clusterOf, controlPlaneNamespace, controlPlaneRevisions, revisionOf } from '../../model/revision.js';
import { cniValues, pilotValues } from '../chart-values.js';
import type { ChartRelease } from '../engines/engine.js';
import { engines } from '../engines.js';
import { platforms } from '../kinds.js';
import { identity, meshConfig } from '../mesh-settings.js';
import { since } from '../versions.js';
import type { Install } from './install.js';

/**
 * Istio's own charts (istio.io/docs/setup/install/helm), installed by the delivery engine: a release per revision, named
 * after it and never changed in place. The chart `base` is a singleton: it brings Istio's CustomResourceDefinitions, in
 * the newest version that the cluster has had, because a control plane tolerates newer ones and not older ones.
 */
export const helm: Install = {
  title: "helm: Istio's charts, Istio 1.12 and later",

  installs: ({ latest }) => since(latest, '1.12'),

  baseFiles: () => [],

  revisionFiles(mesh, name) {
    const { version } = revisionOf(mesh, name);
    const folder = `revisions/${name}/control-plane`;
    const { releaseFile, release } = engines[mesh.engine];
    return [
      fromObject(`${folder}/kustomization.yaml`, 'frozen', kustomization({ resources: [releaseFile] })),
      release(`${folder}/${releaseFile}`, 'frozen', {
        name: `istiod-${name}`,
        namespace: controlPlaneNamespace(mesh, name),
        chart: 'istiod',
        version,
        keep: false,
        values: istiodValues(mesh, version, name),
      }),
    ];
  },

  contributions(mesh, name) {
    const cluster = clusterOf(mesh, name);
    const engine = engines[mesh.engine];
    const revisions = controlPlaneRevisions(cluster).filter(
      (revision) => revisionOf(mesh, revision).install === 'helm',
    );
    const base: Contribution[] =
      cluster.crds === undefined
        ? []
        : [
            {
              layer: '2-operators',
              resources: ['./base.yaml'],
              files: [
                engine.release('base.yaml', 'managed', baseRelease(mesh, cluster.crds, cluster.sail === undefined)),
              ],
            },
          ];
    if (revisions.length === 0) return base;
    const values = {
      global: { hub: mesh.hub, ...identity(mesh, name, cluster) },
      meshConfig: meshConfig(mesh),
    };
    return [
      ...base,
      {
        layer: '3-control-planes',
        resources: revisions.map((revision) => `revisions/${revision}/control-plane`),
        files: [engine.releasePatch('mesh.release.patch.yaml', mesh, values)],
        patches: [{ path: 'mesh.release.patch.yaml', target: { kind: engine.releaseKind, name: 'istiod-.*' } }],
      },
      ...cni(mesh, cluster.default),
    ];
  },
};

/**
 * The shared chart. The validator of the default revision is ours (5-switch), so the chart makes none. Where the Sail
 * Operator runs, its chart brings the CustomResourceDefinitions, and this one leaves them alone.
 */
function baseRelease(mesh: Mesh, version: string, bringsCrds: boolean): ChartRelease {
  const namespace = mesh.namespaces.controlPlane === 'shared' ? 'istio-system' : 'istio-config';
  return {
    name: 'istio-base',
    namespace,
    chart: 'base',
    version,
    charts: mesh.charts,
    keep: true,
    ...(bringsCrds ? {} : { skipCrds: true }),
    values: {
      defaultRevision: '',
      global: { istioNamespace: namespace },
      ...(bringsCrds ? {} : { base: { enableCRDTemplates: false } }),
    },
  };
}

/** The CNI is no revisioned component: one release, which moves in place with the default revision. */
function cni(mesh: Mesh, revision: string): Contribution[] {
  const agent = platforms[mesh.platform].cni;
  if (agent === undefined) return [];
  const { version } = revisionOf(mesh, revision);
  const release = { name: 'istio-cni', namespace: agent.namespace, charts: mesh.charts, chart: 'cni', version };
  const values = cniValues(mesh, version);
  return [
    {
      layer: '3-control-planes',
      resources: ['./cni.yaml'],
      files: [engines[mesh.engine].release('cni.yaml', 'managed', { ...release, values, keep: true })],
    },
  ];
}

/** The values that the version decides. */
function istiodValues(mesh: Mesh, version: string, revision: string): object {
  const platform = platforms[mesh.platform].cni?.controlPlaneValues(version);
  return {
    revision,
    revisionTags: [],
    ...platform?.top,
    global: { tag: version, istioNamespace: controlPlaneNamespace(mesh, revision), ...platform?.global },
    pilot: pilotValues,
    ...(hasFailurePolicy(version) ? { base: { validationFailurePolicy: 'Fail' } } : {}),
  };
}

/** From here on the chart can be told the failure policy that istiod sets at run time, so nothing drifts. */
function hasFailurePolicy(version: string): boolean {
  return semver.satisfies(version, '>=1.28.6 <1.29.0 || >=1.29.2', { includePrerelease: true });
}
