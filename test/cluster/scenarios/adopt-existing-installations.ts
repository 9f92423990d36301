import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { sleep, until } from '../clock.js';
import { expect } from '../errors.js';
import { istioProd, played, readers } from '../fixtures/idle-mesh.js';
import { type KubeObject, nameOf, objectPath } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';
import type { Stage } from '../stage.js';

const run = promisify(execFile);
const installations = join(import.meta.dirname, '../../adopt/installations');

/** Each kind of installation, its entry Services and the version that the new revision has. */
const kinds = [
  { name: 'helm-unrevisioned', entries: ['istio-ingress/istio-ingress'], version: '1.18.7' },
  { name: 'istioctl', entries: ['istio-system/istio-ingressgateway'], version: '1.16.7' },
  {
    name: 'operator',
    entries: ['istio-system/istio-ingressgateway', 'istio-system/istio-egressgateway'],
    version: '1.14.6',
  },
  { name: 'helm-revisioned', entries: ['edge/istio-edge'], version: '1.23.6' },
] as const;

/** Kinds that need no definition but the API server's own, or those of `defineKinds`. */
const applied = [
  ...['Namespace', 'Service', 'ServiceAccount', 'Role', 'RoleBinding', 'Deployment', 'HorizontalPodAutoscaler'],
  ...['PodDisruptionBudget', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration', 'PeerAuthentication'],
];

export const scenario: Scenario = {
  title: 'adopt stands beside four kinds of installations on a real API server, and changes nothing of them',
  core: false,
  engines: ['none'],
  async run(stage) {
    await defineKinds(stage);
    const contexts = await readers(stage);
    const refused = await istioProd(stage.repository.directory.replace(/[^/]+$/, ''), contexts, [
      'adopt',
      '--context',
      'stranger',
      '--root',
      'nowhere',
      '--defaults',
    ]);
    expect(refused.code === 2 && /does not accept your credentials/.test(refused.text), `a stranger: ${refused.text}`);
    for (const kind of kinds) await adopts(stage, contexts, kind);
  },
};

async function adopts(
  stage: Stage,
  contexts: string,
  { name, entries, version }: (typeof kinds)[number],
): Promise<void> {
  const { kube, directory } = stage.lab.cluster;
  const root = join(directory, `adopted-${name}`);
  rmSync(root, { recursive: true, force: true });
  const old = objectsOf(readFileSync(join(installations, `${name}.yaml`), 'utf8'));
  for (const object of old) await kube.apply(withoutPods(object), 'old-owner');
  for (const entry of entries) await kube.apply(podBehind(await service(stage, entry)), 'old-owner');
  await until(
    'the old gateways to serve',
    async () => (await Promise.all(entries.map((entry) => endpoints(stage, entry)))).every((pods) => pods.length === 1),
    { timeout: 60 },
  );
  const before = await Promise.all(old.map((object) => kube.get(objectPath(object))));

  const ran = await istioProd(directory, contexts, ['adopt', '--context', 'reader', '--root', root, '--defaults']);
  expect(
    ran.code === 0 && ran.text.includes(`Istio ${version}: beside`),
    `adopt ${name} should write ${version}: ${ran.text}`,
  );
  for (const object of await built(stage, root)) await kube.apply(played(object), 'kustomize-controller');
  await until(
    'the new gateways to be ready, and dark',
    async () => {
      const deployments = await kube.list('/apis/apps/v1/deployments');
      const fresh = deployments.filter(({ metadata }) => metadata.labels?.['version'] === version.replaceAll('.', '_'));
      return fresh.length === entries.length && fresh.every(({ status }) => (status?.readyReplicas ?? 0) >= 2);
    },
    { timeout: 120 },
  );
  // Long enough for the controller of the endpoints to take a pod that it should not.
  await sleep(3000);

  for (const entry of entries) {
    const pods = await endpoints(stage, entry);
    expect(
      pods.length === 1 && pods[0]?.startsWith('old-') === true,
      `${entry} of ${name} should have its old pod alone: ${pods.join(', ')}`,
    );
  }
  const after = await Promise.all(old.map((object) => kube.find(objectPath(object))));
  for (const [at, was] of before.entries()) {
    const is = after[at];
    const isEntry = was.kind === 'Service' && entries.some((entry) => entry === nameOf(was));
    expect(
      is !== undefined && is.metadata.uid === was.metadata.uid,
      `${was.kind} ${nameOf(was)} of ${name} should be the same object`,
    );
    expect(
      stateOf(is) === stateOf(was),
      `${was.kind} ${nameOf(was)} of ${name} should be as it was: ${stateOf(was)} → ${stateOf(is)}`,
    );
    // What is added to an object says whose it is, or which network; nothing that was there goes.
    for (const [key, value] of Object.entries({ ...was.metadata.labels, ...was.metadata.annotations }))
      expect(
        { ...is?.metadata.labels, ...is?.metadata.annotations }[key] === value,
        `${nameOf(was)} of ${name} should keep ${key}`,
      );
    if (!isEntry && !['Namespace', 'ServiceAccount', 'PeerAuthentication'].includes(was.kind ?? ''))
      expect(
        JSON.stringify(is?.metadata.annotations) === JSON.stringify(was.metadata.annotations),
        `nothing writes to ${nameOf(was)} of ${name}`,
      );
  }
  const status = await istioProd(root, contexts, ['status', '--context', 'reader']);
  for (const entry of entries) {
    const row = new RegExp(`^${entry.split('/')[1]} +adopted +serves +serves +not ours +1$`, 'm');
    expect(row.test(status.text), `status of ${name} should show that the old gateway serves: ${status.text}`);
  }
  stage.mark('note', `${name}: ${old.length} objects are as they were, beside ${version}`);
  await clear(stage, [...old, ...(await built(stage, root))]);
}

/** All of an object but what others add: its metadata, and what controllers say of it. */
function stateOf(object: KubeObject | undefined): string {
  const { metadata: _, status: _status, ...state } = object ?? { metadata: { name: '' } };
  return JSON.stringify(state);
}

/** Nobody plays the old control planes and gateways: `podBehind` stands for them. The API server gives the addresses. */
function withoutPods(object: KubeObject): KubeObject {
  const { clusterIP: _, ...spec } = object.spec ?? {};
  if (object.kind === 'Service') return { ...object, spec };
  return object.kind === 'Deployment' ? { ...object, spec: { ...spec, replicas: 0 } } : object;
}

/** A pod that a Service selects, as a gateway that serves has one. */
function podBehind({ metadata, spec }: KubeObject): KubeObject {
  const labels = { ...spec.selector };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `old-${metadata.name}`, namespace: metadata.namespace ?? '', labels },
    spec: { containers: [{ name: 'played', image: 'played:1' }] },
  };
}

function service({ lab }: Stage, entry: string): Promise<KubeObject> {
  return lab.cluster.kube.get(`/api/v1/namespaces/${entry.replace('/', '/services/')}`);
}

/** The names of the ready pods behind an entry Service. */
async function endpoints({ lab }: Stage, entry: string): Promise<string[]> {
  const [namespace, name] = entry.split('/');
  const slices = await lab.cluster.kube.list(
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io/service-name=${name}`,
  );
  return slices.flatMap(({ endpoints: all }) =>
    (all ?? [])
      .filter(({ conditions }: { conditions: { ready: boolean } }) => conditions.ready)
      .map(({ targetRef }: { targetRef: { name: string } }) => targetRef.name),
  );
}

async function built({ lab }: Stage, root: string): Promise<KubeObject[]> {
  const [cluster = ''] = (await run('ls', [join(root, 'clusters')])).stdout.split('\n');
  const folder = join(root, 'clusters', cluster);
  const { stdout } = await run(lab.cluster.tool('kustomize'), ['build', folder], { maxBuffer: 16 * 1024 * 1024 });
  return objectsOf(stdout).filter(
    ({ kind = '', metadata }) =>
      applied.includes(kind) && metadata.namespace !== 'istio-operator' && metadata.name !== 'istio-operator',
  );
}

function objectsOf(text: string): KubeObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject)
    .flatMap((object) => (object.kind === 'List' ? (object['items'] as KubeObject[]) : [object]));
}

/** The kinds that installations have beside the API server's own, without their schemas. */
async function defineKinds({ lab }: Stage): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  for (const [group, kind, version] of [
    ['networking.istio.io', 'Gateway', 'v1beta1'],
    ['security.istio.io', 'PeerAuthentication', 'v1beta1'],
    ['install.istio.io', 'IstioOperator', 'v1alpha1'],
  ] as const) {
    const names = { kind, plural: `${kind.toLowerCase()}s` };
    const all = version === 'v1beta1' ? ['v1', version] : [version];
    const versions = all.map((name) => ({ name, served: true, storage: name === version, schema }));
    const definition = { group, scope: 'Namespaced', names, versions };
    await lab.cluster.kube.apply({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${names.plural}.${group}` },
      spec: definition,
    });
    await until(
      `the kind ${kind}`,
      () =>
        lab.cluster.kube.list(`/apis/${group}/${version}/${names.plural}`).then(
          () => true,
          () => false,
        ),
      { timeout: 30 },
    );
  }
}

/** The next kind of installation finds an empty cluster. */
async function clear({ lab }: Stage, objects: readonly KubeObject[]): Promise<void> {
  const { kube } = lab.cluster;
  const all = objects.filter(({ kind }) => kind === 'Namespace' || kind?.endsWith('WebhookConfiguration'));
  for (const object of all) await kube.remove(objectPath(object)).catch(() => {});
  const namespaces = [...new Set(all.filter(({ kind }) => kind === 'Namespace').map(objectPath))];
  await until(
    'the namespaces to go',
    async () => (await Promise.all(namespaces.map((path) => kube.find(path)))).every((found) => found === undefined),
    { timeout: 180 },
  );
}
