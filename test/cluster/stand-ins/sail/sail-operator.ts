import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { stringify } from 'yaml';
import { sleep } from '../../clock.js';
import type { Cluster } from '../../cluster/cluster.js';
import { messageOf } from '../../errors.js';
import { type KubeObject, kindPath, objectPath } from '../../kube/objects.js';
import { type WatchEvent, watchKind } from '../../kube/watch.js';
import type { Charts } from '../operator/control-plane-objects.js';
import { watchedKinds } from '../operator/ownership.js';
import { type SailKind, sailApi, sailKinds } from './kinds.js';
import { dependenciesHealthy, inUse, ready, reconciled, type Seen, statusOf } from './status.js';

const run = promisify(execFile);
const finalizer = 'sailoperator.io/sail-operator';
const harness = fileURLToPath(new URL('../..', import.meta.url));

interface Memory {
  /** The spec of which the release was last made, as JSON. */
  made: string | undefined;
  /** What went wrong at the last attempt. */
  problem: string | undefined;
  /** Something that the release brought has changed since. */
  touched: boolean;
  /** When it may be tried again, in milliseconds since the epoch. */
  notBefore: number;
}

/**
 * Stands in for the Sail Operator 1.30.3, which is in no public Go module, as its code says it acts (controllers/ and pkg/
 * of istio-ecosystem/sail-operator): for every IstioRevision, IstioCNI and ZTunnel its finalizer, a release of Istio's chart
 * by the real Helm with the values of the object, each rendered object owned by it, made again when a thing that it owns
 * changes or goes; conditions Reconciled, Ready, DependenciesHealthy and InUse, state and observed generation; the release is
 * uninstalled before the object goes, whoever may still use it.
 *
 * It leaves out: Istio and IstioRevisionTag, which nothing here writes; profiles, remote control planes and a revision called
 * `default`. No scenario plays IstioCNI and ZTunnel yet. Every version is the chart of the one Istio build that plays all revisions. It looks twice a second at what its
 * watches hold, and acts on one object at a time.
 */
export function startSailOperator(cluster: Cluster, charts: Charts): { stop(): void } {
  const { kube, kubeconfig, directory } = cluster;
  const home = join(directory, 'sail');
  mkdirSync(home, { recursive: true });
  const memories = new Map<string, Memory>();
  let stopped = false;

  const ignore = (): void => {};
  const objects = new Map(sailKinds.map(({ kind }) => [kind, watchKind(kube, kindPath(sailApi, kind), ignore)]));
  const pods = watchKind(kube, '/api/v1/pods', ignore);
  const namespaces = watchKind(kube, '/api/v1/namespaces', ignore);
  const generations = new Map<string, number | undefined>();
  const owned = new Map(
    [...watchedKinds, ['apps/v1', 'DaemonSet'] as const].map(([apiVersion, kind]) => [
      kind,
      watchKind(kube, kindPath(apiVersion, kind), remember),
    ]),
  );

  /** A change of status is none. */
  function remember({ type, object: { metadata } }: WatchEvent): void {
    const { uid = '', generation, ownerReferences = [] } = metadata;
    const memory = memories.get(ownerReferences[0]?.uid ?? '');
    const changed = type === 'DELETED' || (generations.has(uid) && generations.get(uid) !== generation);
    generations.set(uid, generation);
    if (memory !== undefined && changed) memory.touched = true;
  }

  async function helm(...args: readonly string[]): Promise<string> {
    const env = { HOME: home, PATH: process.env.PATH, KUBECONFIG: kubeconfig };
    const { stdout } = await run(charts.helm, [...args], { env, cwd: harness, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  async function install({ chart, release, kind }: SailKind, object: KubeObject): Promise<void> {
    const { metadata, spec } = object;
    const name = release(object);
    const where = ['--namespace', spec.namespace];
    const [before] = JSON.parse(await helm('list', '--all', '--filter', `^${name}$`, ...where, '--output', 'json'));
    const isNew = before === undefined || (before.status === 'failed' && before.revision === '1');
    if (isNew && before !== undefined) await helm('uninstall', name, ...where);
    const values = join(home, `${name}.yaml`);
    writeFileSync(values, stringify(spec.values ?? {}));
    const { uid } = metadata;
    const owner = { apiVersion: sailApi, kind, name: metadata.name, uid, controller: true, blockOwnerDeletion: true };
    const script = fileURLToPath(new URL('post-render.ts', import.meta.url));
    const postRender = ['--import', 'tsx', script, JSON.stringify(owner), isNew ? 'install' : 'upgrade'];
    await helm(
      ...['upgrade', name, join(charts.directory, chart), '--install', ...where],
      ...['--values', values, '--history-max', '1', '--skip-crds', '--disable-openapi-validation'],
      ...['--post-renderer', process.execPath, ...postRender.map((argument) => `--post-renderer-args=${argument}`)],
    );
  }

  /** What it throws is said in the status and tried again. */
  async function makeSo(kind: SailKind, object: KubeObject, memory: Memory): Promise<void> {
    const { spec } = object;
    if (namespaces.items.get(spec.namespace) === undefined)
      throw new Error(`namespace "${spec.namespace}" doesn't exist`);
    const isRevision = kind.kind === 'IstioRevision';
    if (isRevision && spec.values?.global?.istioNamespace !== spec.namespace)
      throw new Error('values.global.istioNamespace does not match namespace');
    memory.touched = false;
    await install(kind, object);
    memory.made = JSON.stringify(spec);
  }

  function seen({ spec }: KubeObject, name: string, workload: SailKind['workload']): Seen {
    const only = (kind: SailKind['kind']): KubeObject | undefined => objects.get(kind)?.items.get('default');
    return {
      workload: owned.get(workload)?.items.get(`${spec.namespace}/${name}`),
      cni: only('IstioCNI'),
      ztunnel: only('ZTunnel'),
      namespaces: namespaces.items.values(),
      pods: [...pods.items.values()],
    };
  }

  async function report(kind: SailKind, object: KubeObject, { problem }: Memory): Promise<void> {
    const now = seen(object, kind.workloadName(object), kind.workload);
    const deciding = [reconciled(problem), ready(now.workload, kind.workloadName(object), kind.notReady)];
    const status =
      kind.kind === 'IstioRevision'
        ? statusOf(object, [...deciding, dependenciesHealthy(object, now)], [inUse(object, now)])
        : statusOf(object, deciding, []);
    if (!isDeepStrictEqual(object.status, status)) await kube.mergePatch(`${objectPath(object)}/status`, { status });
  }

  async function reconcile(kind: SailKind, object: KubeObject): Promise<void> {
    const { uid = '', finalizers = [], deletionTimestamp } = object.metadata;
    const setFinalizers = (names: readonly string[]): Promise<unknown> =>
      kube.mergePatch(objectPath(object), { metadata: { finalizers: names } });
    if (deletionTimestamp !== undefined) {
      if (!finalizers.includes(finalizer)) return;
      await helm('uninstall', kind.release(object), '--namespace', object.spec.namespace, '--ignore-not-found');
      await setFinalizers(finalizers.filter((name) => name !== finalizer));
      return;
    }
    if (!finalizers.includes(finalizer)) {
      await setFinalizers([...finalizers, finalizer]);
      return;
    }
    const memory = memories.get(uid) ?? { made: undefined, problem: undefined, touched: false, notBefore: 0 };
    memories.set(uid, memory);
    if ((memory.touched || memory.made !== JSON.stringify(object.spec)) && Date.now() >= memory.notBefore) {
      memory.problem = await makeSo(kind, object, memory).then(() => undefined, messageOf);
      if (memory.problem !== undefined) memory.notBefore = Date.now() + 2000;
    }
    await report(kind, object, memory);
  }

  async function loop(): Promise<void> {
    await Promise.all([...objects.values(), ...owned.values(), pods, namespaces].map(({ started }) => started));
    while (!stopped) {
      for (const kind of sailKinds) {
        // A conflict, or an API server that is away: it looks again.
        for (const object of objects.get(kind.kind)?.items.values() ?? [])
          if (!stopped) await reconcile(kind, { ...object, apiVersion: sailApi, kind: kind.kind }).catch(ignore);
      }
      await sleep(500);
    }
  }

  void loop();
  return {
    stop() {
      stopped = true;
      for (const watch of [...objects.values(), ...owned.values(), pods, namespaces]) watch.stop();
    },
  };
}
