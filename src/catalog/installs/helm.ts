import { adopted } from '../../model/adopted.js';
import { fromObject } from '../../model/file-spec.js';
import { kustomization } from '../../model/kustomization.js';
import type { Contribution } from '../../model/layers.js';
import type { Mesh } from '../../model/mesh.js';
import { clusterOf, controlPlaneNamespace, controlPlaneRevisions, revisionOf } from '../../model/revision.js';
import { baseValues, cniValues, istiodValues, settingsValues } from '../chart-values.js';
import { definitionsByChart } from '../definitions.js';
import type { ChartRelease } from '../engines/engine.js';
import { engines } from '../engines.js';
import { baseNamespace } from '../namespaces.js';
import { isAmbient, nodeAgent } from '../node-agent.js';
import { isRendered, renderedBases, renderedContributions, renderedRevision } from '../rendered-charts.js';
import { ztunnelNamespace, ztunnelValues } from '../ztunnel.js';
import type { Install } from './install.js';

/**
 * Istio's own charts (istio.io/docs/setup/install/helm), installed by the delivery engine: a release per revision, named
 * after it and never changed in place. The chart `base` is a singleton: it brings Istio's CustomResourceDefinitions, in
 * the newest version that the cluster has had, because a control plane tolerates newer ones and not older ones.
 *
 * Or the manifests of these charts, rendered into the repository: then nothing but the repository is installed from.
 */
export const helm: Install = {
  title: "helm: Istio's charts, Istio 1.12 and later",

  installs: ({ charts }) => charts,

  baseFiles: renderedBases,

  revisionFiles(mesh, name) {
    if (isRendered(mesh, name)) return renderedRevision(mesh, name);
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
    if (cluster.base === 'rendered') return renderedContributions(mesh, name, revisions);
    const crds = definitionsByChart(cluster);
    const base: Contribution[] =
      crds === undefined
        ? []
        : [
            {
              layer: '2-operators',
              resources: ['./base.yaml'],
              files: [engine.release('base.yaml', 'managed', baseRelease(mesh, crds, cluster.sail === undefined))],
            },
          ];
    if (revisions.length === 0) return base;
    return [
      ...base,
      {
        layer: '3-control-planes',
        resources: revisions.map((revision) => `revisions/${revision}/control-plane`),
        files: [engine.releasePatch('mesh.release.patch.yaml', mesh, settingsValues(mesh, name))],
        patches: [{ path: 'mesh.release.patch.yaml', target: { kind: engine.releaseKind, name: 'istiod-.*' } }],
      },
      ...(cluster.default === adopted ? [] : nodeAgents(mesh, name, cluster.default)),
    ];
  },
};

/** The shared chart. Where the Sail Operator runs, its chart brings the CustomResourceDefinitions, and this one leaves them alone. */
function baseRelease(mesh: Mesh, version: string, bringsCrds: boolean): ChartRelease {
  const namespace = baseNamespace(mesh);
  return {
    name: 'istio-base',
    namespace,
    chart: 'base',
    version,
    charts: mesh.charts,
    keep: true,
    ...(bringsCrds ? {} : { skipCrds: true }),
    values: { ...baseValues(namespace), ...(bringsCrds ? {} : { base: { enableCRDTemplates: false } }) },
  };
}

/** What runs on every node is no revisioned component: a release each, which moves in place with the default revision. */
function nodeAgents(mesh: Mesh, cluster: string, revision: string): Contribution[] {
  const agent = nodeAgent(mesh);
  if (agent === undefined) return [];
  const { version } = revisionOf(mesh, revision);
  const shared = { charts: mesh.charts, version, keep: true };
  const { release } = engines[mesh.engine];
  const files = [
    release('cni.yaml', 'managed', {
      ...shared,
      name: 'istio-cni',
      namespace: agent.namespace,
      chart: 'cni',
      values: cniValues(mesh, version),
    }),
    ...(isAmbient(mesh)
      ? [
          release('ztunnel.yaml', 'managed', {
            ...shared,
            name: 'ztunnel',
            namespace: ztunnelNamespace,
            chart: 'ztunnel',
            values: ztunnelValues(mesh, cluster, revision),
          }),
        ]
      : []),
  ];
  return [{ layer: '3-control-planes', resources: files.map(({ path }) => `./${path}`), files }];
}
