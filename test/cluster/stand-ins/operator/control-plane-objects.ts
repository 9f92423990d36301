import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import type { KubeObject } from '../../kube/objects.js';
import { applyOverlays } from './overlays.js';

const run = promisify(execFile);

export interface Charts {
  readonly helm: string;
  /** `manifests/charts` of the Istio module. */
  readonly directory: string;
}

/** Kinds that an operator of 1.9–1.23 makes for a control plane. The chart of today has more. */
const madeKinds = new Set([
  'ServiceAccount',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'ConfigMap',
  'Service',
  'Deployment',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
]);

/**
 * The control plane of an IstioOperator: Istio's own istiod chart, with the values that the operator would give it.
 *
 * Names, kinds and labels are those of the recorded renderings; what is inside the istiod pod and the injector's
 * template is of the Istio build that plays every revision here.
 */
export async function controlPlaneObjects(iop: KubeObject, charts: Charts): Promise<KubeObject[]> {
  const { hub = 'docker.io/istio', tag, revision = '', meshConfig = {}, values = {}, components = {} } = iop.spec;
  const k8s = components.pilot?.k8s ?? {};
  const env = Object.fromEntries(
    (k8s.env ?? []).map(({ name, value }: { name: string; value?: string }) => [name, value ?? '']),
  );
  const { imagePullSecrets: _, operatorManageWebhooks: __, ...global } = values.global ?? {};
  const chartValues = {
    revision,
    meshConfig,
    global: { ...global, hub, tag },
    hub,
    tag,
    autoscaleEnabled: values.pilot?.autoscaleEnabled ?? true,
    autoscaleMin: k8s.hpaSpec?.minReplicas ?? values.pilot?.autoscaleMin ?? 1,
    autoscaleMax: k8s.hpaSpec?.maxReplicas ?? values.pilot?.autoscaleMax ?? 5,
    cpu: values.pilot?.cpu ?? {},
    env: { ...values.pilot?.env, ...env },
    resources: k8s.resources ?? {},
    podAnnotations: k8s.podAnnotations ?? {},
    ...(k8s.strategy?.rollingUpdate === undefined
      ? {}
      : {
          rollingMaxSurge: k8s.strategy.rollingUpdate.maxSurge,
          rollingMaxUnavailable: k8s.strategy.rollingUpdate.maxUnavailable,
        }),
    sidecarInjectorWebhook: values.sidecarInjectorWebhook ?? {},
    gatewayClasses: {},
  };
  const suffix = revision === '' ? '' : `-${revision}`;
  const rendered = await template(charts, join('istio-control', 'istio-discovery'), chartValues);
  const objects = rendered.filter(
    ({ kind, metadata }) => madeKinds.has(kind ?? '') && !metadata.name.startsWith('values'),
  );
  for (const object of objects) {
    object.metadata.labels = { ...object.metadata.labels, release: 'istio' };
    if (object.kind === 'PodDisruptionBudget' && k8s.podDisruptionBudget !== undefined) {
      object.spec = {
        selector: { matchLabels: { app: 'istiod', 'istio.io/rev': revision } },
        ...k8s.podDisruptionBudget,
      };
    }
  }
  return applyOverlays(objects, [
    ...(k8s.overlays ?? []),
    { kind: 'Deployment', name: `istiod${suffix}`, patches: [] },
  ]);
}

/** What `components.base` brings: Istio's CRDs, the reader's ServiceAccount, and where it is not told otherwise a validator. */
export async function baseObjects(iop: KubeObject, charts: Charts): Promise<KubeObject[]> {
  const revision = iop.spec.values?.defaultRevision ?? '';
  const rendered = await template(charts, 'base', { defaultRevision: revision });
  const kinds = ['CustomResourceDefinition', 'ServiceAccount'];
  if (iop.spec.values?.global?.configValidation !== false) kinds.push('ValidatingWebhookConfiguration');
  return rendered.filter(({ kind }) => kinds.includes(kind ?? ''));
}

/** What an operator from 1.19 on makes by itself when it finds no injector webhook in the cluster. */
export async function defaultTagObjects({ spec: { revision } }: KubeObject, charts: Charts): Promise<KubeObject[]> {
  const tag = await template(
    charts,
    join('istio-control', 'istio-discovery'),
    { revision, revisionTags: ['default'] },
    'templates/revision-tags-mwc.yaml',
  );
  const base = await template(charts, 'base', { defaultRevision: revision });
  return [...tag, ...base.filter(({ kind }) => kind === 'ValidatingWebhookConfiguration')];
}

async function template(
  { helm, directory }: Charts,
  chart: string,
  values: object,
  only?: string,
): Promise<KubeObject[]> {
  const folder = mkdtempSync(join(tmpdir(), 'istio-prod-values-'));
  try {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, stringify(values));
    const args = [
      'template',
      'istio',
      join(directory, chart),
      '--namespace',
      'istio-system',
      '--values',
      file,
      ...(only === undefined ? [] : ['--show-only', only]),
    ];
    const { stdout } = await run(helm, args, {
      maxBuffer: 64 * 1024 * 1024,
      env: { HOME: folder, PATH: process.env.PATH },
    });
    return parseAllDocuments(stdout)
      .map((document) => document.toJS({ maxAliasCount: -1 }) as KubeObject | null)
      .filter((object): object is KubeObject => object?.kind !== undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
