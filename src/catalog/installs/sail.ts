import { adopted } from '../../model/adopted.js';
import { fromObject, fromTemplate } from '../../model/file-spec.js';
import { kustomization } from '../../model/kustomization.js';
import type { Contribution } from '../../model/layers.js';
import type { Mesh } from '../../model/mesh.js';
import { clusterOf, controlPlaneNamespace, controlPlaneRevisions, revisionOf } from '../../model/revision.js';
import { cniValues, pilotValues, settingsValues } from '../chart-values.js';
import type { ChartRelease } from '../engines/engine.js';
import { engines } from '../engines.js';
import { namespaceBase } from '../namespace-base.js';
import { isAmbient, nodeAgent } from '../node-agent.js';
import { sailCharts, sailNamespace, usesSail } from '../sail-operator.js';
import { newestBySail, sailFor } from '../sail-releases.js';
import { ztunnelNamespace, ztunnelValues } from '../ztunnel.js';
import type { Install } from './install.js';

/**
 * The Sail Operator (github.com/istio-ecosystem/sail-operator): an IstioRevision per revision, written by us and not by
 * an `Istio` object, which would move tags by itself and delete revisions that it takes for unused.
 *
 * The operator is a singleton: its chart, a release of the delivery engine, brings Istio's CustomResourceDefinitions too.
 * Tags stay ours (5-switch): an IstioRevisionTag cannot name a revision of another install method.
 */
export const sail: Install = {
  title: 'sail: the Sail Operator, Istio 1.24 to 1.30',

  installs: ({ minor }) => newestBySail(minor) !== undefined,

  newest: ({ minor }, beside) => newestBySail(minor, beside),

  installsVersion: (version) => sailFor([version]) !== undefined,

  baseFiles: (mesh) => (usesSail(mesh) ? namespaceBase(mesh, sailNamespace) : []),

  revisionFiles(mesh, name) {
    const { version } = revisionOf(mesh, name);
    const namespace = controlPlaneNamespace(mesh, name);
    const folder = `revisions/${name}/control-plane`;
    const agent = nodeAgent(mesh);
    const platform = agent?.controlPlaneValues(version);
    return [
      fromObject(`${folder}/kustomization.yaml`, 'frozen', kustomization({ resources: ['istio-revision.yaml'] })),
      fromTemplate(
        `${folder}/istio-revision.yaml`,
        'frozen',
        'overlays/revisions/__revision__/control-plane/istio-revision.yaml',
        {
          revision: name,
          version: `v${version}`,
          namespace,
          values: {
            revision: name,
            ...platform?.top,
            // With a tag or a hub, the operator leaves the images that it has built in alone (pkg/istiovalues/digests.go).
            global: { tag: version, istioNamespace: namespace, ...platform?.global },
            // The operator looks for the node agent where it is enabled here, not where the platform says so.
            pilot: {
              ...pilotValues(mesh, version),
              ...(agent === undefined ? {} : { cni: { enabled: true, provider: agent.provider } }),
            },
          },
        },
      ),
    ];
  },

  contributions(mesh, name) {
    const cluster = clusterOf(mesh, name);
    if (cluster.sail === undefined) return [];
    const revisions = controlPlaneRevisions(cluster).filter((each) => revisionOf(mesh, each).install === 'sail');
    const operator: Contribution[] = [
      { layer: '1-namespaces', resources: [`bases/${sailNamespace}/namespace`] },
      {
        layer: '2-operators',
        resources: ['./sail-operator.yaml'],
        files: [engines[mesh.engine].release('sail-operator.yaml', 'managed', operatorRelease(mesh, cluster.sail))],
      },
    ];
    if (revisions.length === 0) return operator;
    const file = 'mesh.istio-revision.patch.yaml';
    return [
      ...operator,
      {
        layer: '3-control-planes',
        resources: revisions.map((revision) => `revisions/${revision}/control-plane`),
        files: [
          fromTemplate(file, 'managed', `overlays/clusters/__cluster__/3-control-planes/${file}`, {
            values: settingsValues(mesh, name),
          }),
        ],
        patches: [{ path: file, target: { kind: 'IstioRevision' } }],
      },
      ...(cluster.default === adopted ? [] : nodeAgents(mesh, name, cluster.default)),
    ];
  },
};

/** The operator, which outlives every revision; without FailOnSharedResource, since the definitions may have come from elsewhere. */
function operatorRelease(mesh: Mesh, version: string): ChartRelease {
  return {
    name: 'sail-operator',
    namespace: sailNamespace,
    repository: 'sail',
    charts: sailCharts(mesh),
    chart: 'sail-operator',
    version,
    values: { image: `${mesh.sail?.image ?? 'quay.io/sail-dev/sail-operator'}:${version}` },
    keep: true,
    takesOver: true,
  };
}

/** What runs on every node is no revisioned component: a resource each, called "default", which moves in place with the default revision. */
function nodeAgents(mesh: Mesh, cluster: string, revision: string): Contribution[] {
  const agent = nodeAgent(mesh);
  if (agent === undefined) return [];
  const version = revisionOf(mesh, revision).version;
  const folder = 'overlays/clusters/__cluster__/3-control-planes';
  const { profile, cni, global } = cniValues(mesh, version);
  const files = [
    fromTemplate('cni.yaml', 'managed', `${folder}/istio-cni.yaml`, {
      version: `v${version}`,
      namespace: agent.namespace,
      // What the profile of that name holds for this chart; here values are typed, and those of the chart are below `cni`.
      values: {
        ...(profile === 'ambient' || cni !== undefined
          ? { cni: { ...cni, ...(profile === 'ambient' ? { ambient: { enabled: true } } : {}) } }
          : {}),
        global,
      },
    }),
    ...(isAmbient(mesh)
      ? [
          fromTemplate('ztunnel.yaml', 'managed', `${folder}/ztunnel.yaml`, {
            version: `v${version}`,
            namespace: ztunnelNamespace,
            values: { ztunnel: ztunnelValues(mesh, cluster, revision) },
          }),
        ]
      : []),
  ];
  return [{ layer: '3-control-planes', resources: files.map(({ path }) => `./${path}`), files }];
}
