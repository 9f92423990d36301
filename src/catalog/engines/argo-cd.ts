import { type FileSpec, fromObject, fromTemplate } from '../../model/file-spec.js';
import { layerNames } from '../../model/layers.js';
import type { Mesh } from '../../model/mesh.js';
import { gateFiles, gateFolder, operatedGateways } from '../argo-cd-gate.js';
import { configKinds } from '../config.js';
import { gatewayNamespaces, rootNamespace } from '../namespaces.js';
import { isAmbient, nodeAgent } from '../node-agent.js';
import { sailCharts, sailNamespace, usesSail } from '../sail-operator.js';
import { type Engine, usesCharts } from './engine.js';

/** One AppProject for the Application of a cluster and for the releases in it, which all clusters share. */
const project = 'istio';

/**
 * Argo CD (argo-cd.readthedocs.io): one Application per cluster, whose layers are sync waves.
 *
 * Order is guaranteed inside one Application and never across Applications, so everything of a cluster is in one. A
 * wave starts when all of the wave before is healthy.
 */
export const argoCd: Engine = {
  title: 'argo-cd: one Application per cluster, its layers are sync waves',

  files: (mesh) => [
    fromTemplate('delivery/argo-cd/argocd-cm.yaml', 'managed', 'overlays/delivery/argo-cd/argocd-cm.yaml', {}),
    ...layerNames.flatMap((layer, index) => {
      const folder = `delivery/argo-cd/waves/${layer}`;
      return [
        fromObject(`${folder}/kustomization.yaml`, 'managed', {
          apiVersion: 'kustomize.config.k8s.io/v1alpha1',
          kind: 'Component',
          transformers: ['sync-wave.yaml'],
        }),
        fromTemplate(
          `${folder}/sync-wave.yaml`,
          'managed',
          'overlays/delivery/argo-cd/waves/__layer__/sync-wave.yaml',
          {
            layer,
            wave: String((index + 1) * 10),
          },
        ),
      ];
    }),
    ...Object.keys(mesh.clusters).flatMap((cluster) => [application(mesh, cluster), ...gateFiles(mesh, cluster)]),
  ],

  layerComponents: (layer) => [`delivery/argo-cd/waves/${layer}`],

  gates: (mesh, cluster) =>
    operatedGateways(mesh, cluster).length > 0 ? [{ after: '4-gateways', folder: gateFolder }] : [],

  appliedByHand: true,

  notes:
    'One Application holds the whole cluster, because Argo CD keeps an order inside an Application only. Deleting it leaves the mesh running. Never add `ApplyOutOfSyncOnly=true` to it: a switch would then pass a gateway that is not healthy. Resources of further kinds in `custom/` are allowed by `customKinds` of `istio-prod.yaml`.',

  releaseFile: 'application.yaml',
  releaseKind: 'Application',

  release: (path, ownership, { charts, keep, skipCrds, takesOver, ...release }) =>
    fromTemplate(path, ownership, 'overlays/releases/application.yaml', {
      ...release,
      project,
      // Without the finalizer, what a release brought stays when its Application goes.
      metadata: {
        name: release.name,
        namespace: 'argocd',
        ...(keep
          ? {
              annotations: {
                // Kept where it leaves Git, it would else be out of sync for ever.
                'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
                'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
              },
            }
          : { finalizers: ['resources-finalizer.argocd.argoproj.io'] }),
      },
      source: {
        ...(charts === undefined ? {} : { repoURL: charts }),
        chart: release.chart,
        targetRevision: release.version,
        helm: { releaseName: release.name, ...(skipCrds ? { skipCrds } : {}), valuesObject: release.values },
      },
      automated: { prune: !keep, selfHeal: true },
      syncOptions: [
        'ServerSideApply=true',
        'RespectIgnoreDifferences=true',
        ...(takesOver ? [] : ['FailOnSharedResource=true']),
      ],
      ignoreDifferences: webhookDifferences,
    }),

  releasePatch: (path, mesh, values) =>
    fromTemplate(path, 'managed', 'overlays/releases/application.patch.yaml', { charts: mesh.charts, values }),

  unhang: (cluster) => [
    `argocd app terminate-op istio-${cluster}              # ends the sync that waits`,
    `argocd app set istio-${cluster} --sync-policy none    # before you change anything by hand`,
  ],

  handOver: (_mesh, cluster) => [
    'kubectl apply --server-side --field-manager=istio-prod -f delivery/argo-cd/argocd-cm.yaml',
    `kubectl apply -f delivery/argo-cd/${cluster}.yaml`,
  ],

  shownBy: {
    what: 'applications.argoproj.io',
    paths: ['/apis/argoproj.io/v1alpha1/applications'],
    namespaces: ['argocd'],
  },

  shownIn: (cluster) => [`istio-${cluster}`],

  // The fields of an Application's status (argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml).
  syncState: ({ status = {} }) => {
    const { sync, health, operationState } = status as {
      readonly sync?: { readonly status?: string; readonly revision?: string };
      readonly health?: { readonly status?: string };
      readonly operationState?: { readonly phase?: string };
    };
    const phase = operationState?.phase;
    // Synced and healthy is not enough: a sync that still runs, or has failed, has not carried out all of its waves.
    const carriedOut = phase === undefined || phase === 'Succeeded';
    const words = [sync?.status ?? 'not synced', health?.status ?? 'health not known'];
    return {
      revision: sync?.revision ?? '',
      state: [...words, ...(carriedOut ? [] : [`sync ${phase}`])].join(', '),
      settled: carriedOut && sync?.status === 'Synced' && health?.status === 'Healthy',
    };
  },
};

/**
 * The AppProject with the least that the layers need, and the Application.
 *
 * People apply this file, nothing syncs it: so it holds for every phase of an upgrade, and changes with the mesh only.
 */
function application(mesh: Mesh, name: string): FileSpec {
  const revisions = Object.values(mesh.revisions);
  const operators = revisions.some(({ install }) => install === 'operator');
  const agent = nodeAgent(mesh);
  const sail = usesSail(mesh);
  const istioCharts = usesCharts(mesh);
  const rendered = revisions.some(({ charts }) => charts === 'rendered');
  const releases = istioCharts || sail;
  const agentByChart = istioCharts || rendered ? agent : undefined;
  const namespaces = [
    rootNamespace(mesh),
    mesh.namespaces.controlPlane === 'shared' ? 'istio-system' : 'istio-system-*',
    ...(operators ? ['istio-operator'] : []),
    ...(sail ? [sailNamespace] : []),
    ...(agentByChart === undefined ? [] : agentByChart.chartNamespaces),
    ...gatewayNamespaces(mesh),
    ...(releases ? ['argocd'] : []),
  ];
  const { path } = mesh.repository;
  return fromTemplate(`delivery/argo-cd/${name}.yaml`, 'managed', 'overlays/delivery/argo-cd/__cluster__.yaml', {
    name: `istio-${name}`,
    project,
    sources: [mesh.repository.url, ...(istioCharts ? [mesh.charts] : []), ...(sail ? [sailCharts(mesh)] : [])],
    url: mesh.repository.url,
    branch: mesh.repository.branch,
    path: path === '.' ? `clusters/${name}` : `${path}/clusters/${name}`,
    destinations: [...new Set(namespaces)].map((namespace) => ({
      server: 'https://kubernetes.default.svc',
      namespace,
    })),
    clusterKinds: kinds({
      '': ['Namespace'],
      'admissionregistration.k8s.io': [
        'MutatingWebhookConfiguration',
        'ValidatingWebhookConfiguration',
        ...(mesh.admissionPolicies ? ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'] : []),
      ],
      ...(operators || releases || rendered
        ? {
            'apiextensions.k8s.io': ['CustomResourceDefinition'],
            'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
          }
        : {}),
      ...(sail
        ? {
            'sailoperator.io': [
              'IstioRevision',
              ...(agent === undefined ? [] : ['IstioCNI']),
              ...(isAmbient(mesh) ? ['ZTunnel'] : []),
            ],
          }
        : {}),
    }),
    namespaceKinds: withCustomKinds(mesh, {
      '': [...(istioCharts || rendered ? ['ConfigMap'] : []), 'Service', 'ServiceAccount'],
      apps: [...(agentByChart === undefined ? [] : ['DaemonSet']), 'Deployment'],
      autoscaling: ['HorizontalPodAutoscaler'],
      ...(revisions.some(({ gateways }) => gateways === 'operator') ? { batch: ['Job'] } : {}),
      ...(releases ? { 'argoproj.io': ['Application'] } : {}),
      ...(operators ? { 'install.istio.io': ['IstioOperator'] } : {}),
      ...(agentByChart?.provider !== 'multus' ? {} : { 'k8s.cni.cncf.io': ['NetworkAttachmentDefinition'] }),
      ...configKinds(mesh),
      policy: ['PodDisruptionBudget'],
      'rbac.authorization.k8s.io': ['Role', 'RoleBinding'],
      // Istio's own resources: whatever the team puts into custom/6-mesh.
      'extensions.istio.io': ['*'],
      'networking.istio.io': ['*'],
      'security.istio.io': ['*'],
      'telemetry.istio.io': ['*'],
    }),
    ignoreDifferences: webhookDifferences,
  });
}

/** The kinds of these groups, and those that the team's own resources in custom/ are of. */
function withCustomKinds(mesh: Mesh, groups: Readonly<Record<string, readonly string[]>>): object[] {
  const all: Record<string, readonly string[]> = { ...groups };
  for (const custom of mesh.customKinds ?? []) {
    const [kind = '', group = ''] = custom.split('/').reverse();
    const known = all[group] ?? [];
    if (!known.includes(kind) && !known.includes('*')) all[group] = [...known, kind];
  }
  return kinds(all);
}

function kinds(groups: Readonly<Record<string, readonly string[]>>): object[] {
  return Object.entries(groups).flatMap(([group, names]) => names.map((kind) => ({ group, kind })));
}

const group = 'admissionregistration.k8s.io';
const caBundle = '.webhooks[]?.clientConfig.caBundle';

/**
 * What istiod writes into objects of ours while it runs: its CA, and for a validator the failure policy.
 *
 * The group must be named, or the entry matches nothing (argoproj/argo-cd#9323).
 */
const webhookDifferences = [
  { group, kind: 'MutatingWebhookConfiguration', jqPathExpressions: [caBundle] },
  { group, kind: 'ValidatingWebhookConfiguration', jqPathExpressions: [caBundle, '.webhooks[]?.failurePolicy'] },
];
