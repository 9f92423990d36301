import semver from 'semver';
import { fromObject } from '../../model/file-spec.js';
import { kustomization } from '../../model/kustomization.js';
import type { Contribution } from '../../model/layers.js';
import type { Mesh } from '../../model/mesh.js';
import { clusterOf, controlPlaneNamespace, controlPlaneRevisions, revisionOf } from '../../model/revision.js';
import { engines } from '../engines.js';
import { merge } from '../merge.js';
import { controlPlaneValues, meshConfig } from '../mesh-settings.js';
import type { Install } from './install.js';

/**
 * Istio's own charts (istio.io/docs/setup/install/helm), installed by the delivery engine: a release per revision, named
 * after it and never changed in place. The chart `base` is a singleton: it brings Istio's CustomResourceDefinitions, in
 * the newest version that the cluster has had, because a control plane tolerates newer ones and not older ones.
 */
export const helm: Install = {
  title: "helm: Istio's charts, Istio 1.12 and later",

  installs: ({ charts }) => charts,

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
        values: istiodValues(version, name, controlPlaneNamespace(mesh, name)),
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
                engine.release('base.yaml', 'managed', { ...baseRelease(mesh, cluster.crds), charts: mesh.charts }),
              ],
            },
          ];
    if (revisions.length === 0) return base;
    const values = merge(
      { global: { hub: mesh.hub } },
      { ...controlPlaneValues(mesh, name, cluster), meshConfig: meshConfig(mesh) },
    );
    return [
      ...base,
      {
        layer: '3-control-planes',
        resources: revisions.map((revision) => `revisions/${revision}/control-plane`),
        files: [engine.releasePatch('mesh.release.patch.yaml', mesh, values)],
        patches: [{ path: 'mesh.release.patch.yaml', target: { kind: engine.releaseKind, name: 'istiod-.*' } }],
      },
    ];
  },
};

/** The shared chart. The validator of the default revision is ours (5-switch), so the chart makes none. */
function baseRelease(mesh: Mesh, version: string) {
  const namespace = mesh.namespaces.controlPlane === 'shared' ? 'istio-system' : 'istio-config';
  return {
    name: 'istio-base',
    namespace,
    chart: 'base',
    version,
    keep: true,
    values: { defaultRevision: '', global: { istioNamespace: namespace } },
  };
}

/** The values that the version decides; names under `pilot` work in every chart (from 1.24 they are also taken without). */
function istiodValues(version: string, revision: string, namespace: string): object {
  return {
    revision,
    revisionTags: [],
    global: { tag: version, istioNamespace: namespace },
    pilot: {
      autoscaleEnabled: true,
      autoscaleMin: 2,
      autoscaleMax: 5,
      cpu: { targetAverageUtilization: 60 },
      resources: { requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '4Gi' } },
    },
    ...(hasFailurePolicy(version) ? { base: { validationFailurePolicy: 'Fail' } } : {}),
  };
}

/** From here on the chart can be told the failure policy that istiod sets at run time, so nothing drifts. */
function hasFailurePolicy(version: string): boolean {
  return semver.satisfies(version, '>=1.28.6 <1.29.0 || >=1.29.2', { includePrerelease: true });
}
