import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { readSnapshot } from '../../../src/cluster/read-snapshot.js';
import type { Snapshot } from '../../../src/cluster/snapshot.js';
import type { Mesh } from '../../../src/model/mesh.js';
import { parseMesh } from '../../../src/render/mesh-file.js';
import { until } from '../clock.js';
import { expect } from '../errors.js';
import { type KubeObject, nameOf, objectPath } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';
import type { Stage } from '../stage.js';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../../../dist/src/cli.js', import.meta.url));
/** Writes the snapshots that test/live reads, into this folder: ISTIO_PROD_RECORD=test/live/recorded. */
const recordings = process.env.ISTIO_PROD_RECORD;

/** What `status` and the checks read: the rights that the README asks for, and no more. */
const rights = [
  { apiGroups: [''], resources: ['namespaces', 'pods', 'services'] },
  { apiGroups: ['apps'], resources: ['deployments'] },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
  },
  { apiGroups: ['networking.istio.io'], resources: ['envoyfilters', 'gateways'] },
  { apiGroups: ['install.istio.io'], resources: ['istiooperators'] },
  { apiGroups: ['argoproj.io'], resources: ['applications'] },
  { apiGroups: ['kustomize.toolkit.fluxcd.io'], resources: ['kustomizations'] },
];

/** What came of a command. */
interface Ran {
  readonly code: number;
  readonly text: string;
}

export const scenario: Scenario = {
  title: 'status, the check and retire read a real API server, and say what they may not or cannot read',
  core: false,
  engines: ['none'],
  mayLose: true,
  async run(stage) {
    const { repository, lab } = stage;
    const { kube } = lab.cluster;
    await repository.bootstrap({ engine: 'flux', version: '1.20.8', url: 'https://git.example.com/istio.git' });
    await repository.upgrade('1.21.6', 'blend');
    await world(stage);
    const contexts = await readers(stage);

    await expectRun(stage, contexts, ['status', '--context', 'reader'], 2, [
      /has no kind kustomizations\.kustomize\.toolkit\.fluxcd\.io/,
      /kubectl --context reader get customresourcedefinitions/,
    ]);
    await engineObjects(stage);
    const { text } = await expectRun(stage, contexts, ['status', '--context', 'reader'], 0, [
      /Upgrade 1-20-8 → 1-21-6: blend is done/,
      /^1-20-8 +1\.20\.8 +operator +2\/2 ready +4 pods of 2 workloads$/m,
      /^1-21-6 +1\.21\.6 +operator +2\/2 ready +2 pods of 1 workload$/m,
      /^istio-ingressgateway +1-20-8 +serves +serves +2\/2 ready +2 +192\.0\.2\.\d+$/m,
      /^ +1-21-6 +serves +serves +2\/2 ready +2$/m,
      /^prod +1-21-6 +1-21-6 +1$/m,
      /^istio-5-switch +0123456789ab +Ready$/m,
      /^shop +statefulset\/stock +2 +1-20-8 +restart, for 1-21-6$/m,
      /kubectl --context reader -n shop rollout restart deployment\/cart/,
      /revision 1\.21\.6 --through cut --check --context reader$/,
    ]);
    for (const line of text.split('\n')) stage.mark('note', line);
    await record(stage, contexts, 'blend');
    await expectSamePages(stage, contexts);

    await expectRun(stage, contexts, ['status', '--context', 'narrow'], 2, [
      /You may not list pods in context narrow/,
      /kubectl --context narrow auth can-i list pods --all-namespaces/,
    ]);
    await expectRun(stage, contexts, ['status', '--context', 'stranger'], 2, [
      /does not accept your credentials/,
      /kubectl --context stranger auth whoami/,
    ]);

    const check = ['revision', '1.21.6', '--check', '--context', 'reader'];
    await expectRun(stage, contexts, [...check, '--dry-run'], 0, [/Istio 1\.21\.6: cut/]);
    const old = '/apis/autoscaling/v1/namespaces/istio-gateways/horizontalpodautoscalers/istio-ingressgateway-1-20-8';
    await kube.mergePatch(old, { spec: { minReplicas: 4 } });
    await until('four old gateways', () => lab.watcher.serving(entry)['1_20_8'] === 4, { timeout: 60 });
    await expectRun(stage, contexts, check, 1, [
      /1-21-6 has 2 ready pods, and 4 ready endpoints of the old revision serve now/,
      /minReplicas/,
    ]);
    await record(stage, contexts, 'more-old-gateways');

    await expectRun(stage, contexts, ['retire', '1.20.8', '--context', 'reader'], 1, [
      /The entry Service istio-ingressgateway still selects 1-20-8/,
      /2 workloads with proxies of 1-20-8: shop\/deployment\/cart, shop\/statefulset\/stock/,
      /The tag default still points at 1-20-8/,
    ]);

    await lab.cluster.processes.find('kube-apiserver')?.stop();
    const start = Date.now();
    await expectRun(stage, contexts, ['status', '--context', 'reader'], 2, [
      /cannot be reached \(ECONNREFUSED\)/,
      /kubectl --context reader version/,
    ]);
    expect(Date.now() - start < 20_000, 'an API server that is down must not hold anybody up');
    await lab.cluster.restartApiServer();
    await expectRun(stage, contexts, ['status', '--context', 'reader'], 0, [/blend is done/]);
  },
};

const entry = 'istio-gateways/istio-ingressgateway';

/** What the repository says, with containers that need no process, and what an operator and a team would add. */
async function world(stage: Stage): Promise<void> {
  const { kube } = stage.lab.cluster;
  const kinds = [
    ...['Namespace', 'Service', 'Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'],
    ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  ];
  const emitted = await built(stage, ['1-namespaces', '4-gateways']);
  for (const object of emitted.filter(({ kind = '' }) => kinds.includes(kind))) await kube.apply(played(object));
  for (const revision of ['1-20-8', '1-21-6']) await kube.apply(istiod(revision));
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await kube.apply(workload('Deployment', 'cart', '1-20-8'));
  await kube.apply(workload('StatefulSet', 'stock', '1-20-8'));
  await kube.apply(workload('Deployment', 'web', '1-21-6'));
  await until(
    'all pods',
    async () => (await kube.list('/api/v1/pods')).filter(({ metadata }) => metadata.namespace === 'shop').length === 6,
    { timeout: 60 },
  );
  // Only now: with the tags there, the injectors of istiods that are not played would have to answer.
  for (const object of (await built(stage, ['5-switch'])).filter(({ kind = '' }) => kinds.includes(kind)))
    await kube.apply(object);
  const labels = { 'istio.io/rev': 'prod' };
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } });
  await until(
    'both gateways behind the entry Service',
    () => {
      const { '1_20_8': old, '1_21_6': fresh } = stage.lab.watcher.serving(entry);
      return old === 2 && fresh === 2;
    },
    { timeout: 60 },
  );
  await until(
    'every Deployment',
    async () =>
      (await kube.list('/apis/apps/v1/deployments')).every(
        ({ spec, status }) => status?.readyReplicas === spec.replicas,
      ),
    { timeout: 60 },
  );
}

async function built({ lab, repository }: Stage, layers: readonly string[]): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  for (const layer of layers) {
    const folder = join(repository.directory, 'clusters', 'production', layer);
    const { stdout } = await run(lab.cluster.tool('kustomize'), ['build', folder], { maxBuffer: 16 * 1024 * 1024 });
    objects.push(...parseAllDocuments(stdout).map((document) => document.toJS() as KubeObject));
  }
  return objects;
}

/** The same Deployment, with a container that is ready without a process. */
function played(object: KubeObject): KubeObject {
  if (object.kind !== 'Deployment') return object;
  const { template, ...spec } = object.spec;
  const { terminationGracePeriodSeconds } = template.spec;
  const pod = { terminationGracePeriodSeconds, containers: [{ name: 'played', image: 'played:1' }] };
  return { ...object, spec: { ...spec, template: { ...template, spec: pod } } };
}

function istiod(revision: string): KubeObject {
  const labels = { app: 'istiod', 'istio.io/rev': revision };
  const env = [{ name: 'CLUSTER_ID', value: 'production' }];
  const spec = { containers: [{ name: 'played', image: 'played:1', env }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `istiod-${revision}`, namespace: 'istio-system', labels },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

/** A workload as its injector left it: the annotation says by whom. */
function workload(kind: 'Deployment' | 'StatefulSet', name: string, revision: string): KubeObject {
  const labels = { app: name };
  const annotations = {
    'sidecar.istio.io/status': JSON.stringify({ containers: ['istio-proxy'], volumes: ['istio-token'], revision }),
  };
  const spec = { containers: [{ name: 'played', image: 'played:1' }] };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'shop' },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels, annotations }, spec } },
  };
}

/** The Kustomizations of the repository as Flux leaves them; their kind without its schema. */
async function engineObjects({ lab }: Stage): Promise<void> {
  const { kube } = lab.cluster;
  const group = 'kustomize.toolkit.fluxcd.io';
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const versions = [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }];
  await kube.apply({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `kustomizations.${group}` },
    spec: { group, scope: 'Namespaced', names: { kind: 'Kustomization', plural: 'kustomizations' }, versions },
  });
  await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } });
  for (const layer of ['1-namespaces', '2-operators', '3-control-planes', '4-gateways', '5-switch', '6-mesh']) {
    const object: KubeObject = {
      apiVersion: `${group}/v1`,
      kind: 'Kustomization',
      metadata: { name: `istio-${layer}`, namespace: 'flux-system' },
      spec: { path: `./clusters/production/${layer}` },
    };
    await until('the kind', async () => (await kube.apply(object)) !== undefined, { timeout: 30 });
    const conditions = [{ type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded' }];
    const lastAppliedRevision = 'main@sha1:0123456789abcdef0123456789abcdef01234567';
    await kube.mergePatch(`${objectPath(object)}/status`, { status: { conditions, lastAppliedRevision } });
  }
}

/** A kubeconfig with three contexts: one that may read all, one that may not read pods, and one nobody knows. */
async function readers({ lab }: Stage): Promise<string> {
  const { kube, directory, addresses } = lab.cluster;
  const verbs = ['get', 'list'];
  const rules = rights.map((rule) => ({ ...rule, verbs }));
  const narrow = rules.map((rule) => ({ ...rule, resources: rule.resources.filter((name) => name !== 'pods') }));
  const users = [{ name: 'stranger', user: { token: 'nobody-knows-it' } }];
  const roles = { reader: rules, narrow };
  for (const [name, own] of Object.entries(roles)) {
    const subject = { kind: 'ServiceAccount', name, namespace: 'default' };
    const rbac = 'rbac.authorization.k8s.io';
    await kube.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'default' } });
    await kube.apply({ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules: own });
    const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name };
    await kube.apply({
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef,
      subjects: [subject],
    });
    const path = `/api/v1/namespaces/default/serviceaccounts/${name}/token`;
    const { status } = await kube.request('POST', path, { spec: { expirationSeconds: 3600 } });
    users.push({ name, user: { token: status.token } });
  }
  const server = `https://127.0.0.1:${addresses.port('api-server')}`;
  const file = join(directory, 'readers.kubeconfig');
  const cluster = { server, 'certificate-authority': join(directory, 'certs', 'apiserver.crt') };
  const contexts = users.map(({ name }) => ({ name, context: { cluster: 'harness', user: name } }));
  const config = { apiVersion: 'v1', kind: 'Config', clusters: [{ name: 'harness', cluster }], users, contexts };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function expectRun(
  { repository }: Stage,
  kubeconfig: string,
  args: readonly string[],
  code: number,
  texts: readonly RegExp[],
): Promise<Ran> {
  const ran = await istioProd(repository.directory, kubeconfig, args);
  const missing = texts.filter((text) => !text.test(ran.text));
  expect(ran.code === code, `istio-prod ${args.join(' ')} should exit ${code}, and did ${ran.code}: ${ran.text}`);
  expect(missing.length === 0, `istio-prod ${args.join(' ')} should say ${missing.join(' and ')}: ${ran.text}`);
  return ran;
}

async function istioProd(cwd: string, kubeconfig: string, args: readonly string[]): Promise<Ran> {
  const env = { PATH: process.env.PATH, HOME: cwd, KUBECONFIG: kubeconfig, NO_COLOR: '1' };
  try {
    const { stdout } = await run(process.execPath, [cli, ...args], { cwd, env });
    return { code: 0, text: stdout.trim() };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, text: `${stdout}${stderr}`.trim() };
  }
}

/** A list that comes in many pages is the list that comes in one. */
async function expectSamePages({ repository }: Stage, kubeconfig: string): Promise<void> {
  const mesh = meshIn(repository.directory);
  process.env.KUBECONFIG = kubeconfig;
  const names = ({ lists }: Snapshot): string =>
    JSON.stringify(lists, (key, value) => (key === 'items' ? value.map(nameOf) : value));
  const [one, many] = [await readSnapshot('reader', mesh, false), await readSnapshot('reader', mesh, false, 2)];
  expect(names(one) === names(many), `in one page ${names(one)}, in pages of two ${names(many)}`);
}

function meshIn(folder: string): Mesh {
  const { mesh } = parseMesh(readFileSync(join(folder, 'istio-prod.yaml'), 'utf8'), 'istio-prod.yaml');
  expect(mesh !== undefined, 'the mesh must be read');
  return mesh;
}

async function record({ repository }: Stage, kubeconfig: string, name: string): Promise<void> {
  if (recordings === undefined) return;
  process.env.KUBECONFIG = kubeconfig;
  mkdirSync(recordings, { recursive: true });
  const snapshot = await readSnapshot('reader', meshIn(repository.directory), true);
  writeFileSync(join(recordings, `${name}.json`), `${JSON.stringify(snapshot, null, 1)}\n`);
}
