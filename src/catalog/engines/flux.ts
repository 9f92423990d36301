import { type FileSpec, fromTemplate } from '../../model/file-spec.js';
import { layerNames } from '../../model/layers.js';
import type { Mesh } from '../../model/mesh.js';
import { clusterOf, revisionOf } from '../../model/revision.js';
import { sailCharts, usesSail } from '../sail-operator.js';
import { type Engine, usesCharts } from './engine.js';

/**
 * Flux (fluxcd.io/flux/components/kustomize): one Kustomization per layer and cluster, each waiting for the one before.
 *
 * All are fed by one GitRepository, so `dependsOn` also demands that the layer before has applied the same commit. There
 * is no kustomization.yaml in the delivery folder: `flux bootstrap` adds its own files there, which such a list would
 * leave out, and Flux would then remove itself.
 */
export const flux: Engine = {
  title: 'flux: one Kustomization per layer, chained by dependsOn',

  files: (mesh) =>
    Object.keys(mesh.clusters).flatMap((cluster) => [
      source(mesh, cluster),
      ...charts(mesh, cluster),
      ...layerNames.map((_, at) => layer(mesh, cluster, at)),
    ]),

  layerComponents: () => [],

  gates: () => [],

  appliedByHand: false,

  notes:
    'The path of `flux bootstrap` is `delivery/flux/<cluster>`, never `clusters/<cluster>`: that path would apply all layers at once, and the switch would not wait for the gateways. Deleting a Kustomization leaves the mesh running. From Flux 2.7 on, the feature gate `CancelHealthCheckOnNewRevision=true` of kustomize-controller makes it take a mending commit at once instead of after the timeout.',

  releaseFile: 'helm-release.yaml',
  releaseKind: 'HelmRelease',

  release: (path, ownership, { keep, skipCrds, repository, ...release }) =>
    fromTemplate(path, ownership, 'overlays/releases/helm-release.yaml', {
      ...release,
      metadata: {
        name: release.name,
        namespace: release.namespace,
        ...(keep ? { annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' } } : {}),
      },
      crds: skipCrds ? 'Skip' : 'CreateReplace',
      source: { kind: 'HelmRepository', name: repository ?? sourceName, namespace: 'flux-system' },
    }),

  releasePatch: (path, _mesh, values) =>
    fromTemplate(path, 'managed', 'overlays/releases/helm-release.patch.yaml', { values }),

  unhang: () => [
    'flux reconcile kustomization istio-4-gateways --with-source    # takes the newest commit',
    'flux suspend kustomization istio-5-switch                      # before you change anything by hand',
  ],

  handOver: (mesh, cluster) => [
    `flux bootstrap git --url=${mesh.repository.url} --branch=${mesh.repository.branch} --path=${below(mesh, `delivery/flux/${cluster}`)}`,
  ],

  shownBy: {
    what: 'kustomizations.kustomize.toolkit.fluxcd.io',
    // v1 from Flux 2.0 on.
    paths: [
      '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations',
      '/apis/kustomize.toolkit.fluxcd.io/v1beta2/kustomizations',
    ],
    namespaces: ['flux-system'],
  },

  shownIn: () => layerNames.map(kustomizationName),

  // The fields of a Kustomization's status (fluxcd.io/flux/components/kustomize/kustomizations).
  syncState: ({ spec, status = {} }) => {
    const { conditions = [], lastAppliedRevision = '' } = status as {
      readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
      readonly lastAppliedRevision?: string;
    };
    const ready = conditions.find(({ type }) => type === 'Ready');
    const suspended = spec?.['suspend'] === true;
    return {
      revision: lastAppliedRevision.replace(/^.*@sha\d+:/, ''),
      state: `${ready?.status === 'True' ? 'Ready' : (ready?.reason ?? 'not ready')}${suspended ? ', suspended' : ''}`,
      settled: ready?.status === 'True' && !suspended,
    };
  },
};

/** The one source of all layers; with a Secret where the mesh names one. */
function source(mesh: Mesh, cluster: string): FileSpec {
  const { url, branch, secret } = mesh.repository;
  return fromTemplate(
    `delivery/flux/${cluster}/source.yaml`,
    'managed',
    'overlays/delivery/flux/__cluster__/source.yaml',
    {
      name: sourceName,
      spec: { interval: '1m', url, ref: { branch }, ...(secret === undefined ? {} : { secretRef: { name: secret } }) },
    },
  );
}

const sourceName = 'istio';

/** The chart repositories, where a release is installed from them. */
function charts(mesh: Mesh, cluster: string): FileSpec[] {
  const template = 'overlays/delivery/flux/__cluster__/charts.yaml';
  const folder = `delivery/flux/${cluster}`;
  return [
    ...(usesCharts(mesh)
      ? [fromTemplate(`${folder}/charts.yaml`, 'managed', template, { name: sourceName, url: mesh.charts })]
      : []),
    ...(usesSail(mesh)
      ? [fromTemplate(`${folder}/sail-charts.yaml`, 'managed', template, { name: 'sail', url: sailCharts(mesh) })]
      : []),
  ];
}

function layer(mesh: Mesh, cluster: string, at: number): FileSpec {
  const name = layerNames[at] ?? '';
  const previous = layerNames[at - 1];
  return fromTemplate(
    `delivery/flux/${cluster}/${name}.yaml`,
    'managed',
    'overlays/delivery/flux/__cluster__/__layer__.yaml',
    {
      name: kustomizationName(name),
      path: `./${below(mesh, `clusters/${cluster}/${name}`)}`,
      source: sourceName,
      dependsOn: previous === undefined ? [] : [{ name: kustomizationName(previous) }],
      healthCheckExprs: healthChecks(mesh, cluster),
    },
  );
}

/**
 * The health of kinds that Flux cannot tell by itself. Those of Sail are always there: this list is applied apart from the
 * layers, so one that came with the first of its objects could come too late for them.
 */
function healthChecks(mesh: Mesh, cluster: string): object[] {
  const operators = clusterOf(mesh, cluster).revisions.some(
    (revision) => revisionOf(mesh, revision).install === 'operator',
  );
  return [...(operators ? [istioOperatorHealth] : []), ...['IstioRevision', 'IstioCNI', 'ZTunnel'].map(sailHealth)];
}

const istioOperatorHealth = {
  apiVersion: 'install.istio.io/v1alpha1',
  kind: 'IstioOperator',
  // An operator writes no standard conditions; HEALTHY means that all it made is ready.
  inProgress: "!has(status.status) || status.status in ['NONE', 'RECONCILING', 'UPDATING']",
  failed: "status.status in ['ACTION_REQUIRED', 'ERROR']",
  current: "status.status == 'HEALTHY'",
};

/** Without a status, Flux would call such an object ready at once. The state sums its conditions up (sail-operator api/v1). */
function sailHealth(kind: string): object {
  return {
    apiVersion: 'sailoperator.io/v1',
    kind,
    inProgress:
      "!has(status.state) || status.observedGeneration != metadata.generation || !(status.state in ['Healthy', 'ReconcileError', 'NameAlreadyExists'])",
    failed: "status.state in ['ReconcileError', 'NameAlreadyExists']",
    current: "status.state == 'Healthy'",
  };
}

function kustomizationName(layerName: string): string {
  return `istio-${layerName}`;
}

function below(mesh: Mesh, folder: string): string {
  return mesh.repository.path === '.' ? folder : `${mesh.repository.path}/${folder}`;
}
