import { sleep } from '../../clock.js';
import type { Cluster } from '../../cluster/cluster.js';
import { messageOf } from '../../errors.js';
import { type KubeObject, kindPath, nameOf, objectPath } from '../../kube/objects.js';
import { watchKind } from '../../kube/watch.js';
import { correct, driftOf } from './drift.js';
import { createHelm, type ReleaseSpec } from './helm.js';

const apiVersion = 'helm.toolkit.fluxcd.io/v2';
const finalizer = 'finalizers.fluxcd.io';
/** The annotation by which somebody asks for a look before the interval is over. */
const requested = 'reconcile.fluxcd.io/requestedAt';
/** Milliseconds between two looks for drift; the real one waits for `spec.interval`. */
const driftInterval = 30_000;
/** Milliseconds until a failed action is tried again. */
const retryInterval = 3000;

interface Seen {
  /** The last look, in milliseconds since the epoch. */
  at: number;
  generation: number | undefined;
  requestedAt: string | undefined;
  /** The release as it was last made, as JSON. */
  made: string | undefined;
  failed: boolean;
}

/**
 * Stands in for Flux' helm-controller, which cannot be built from public modules.
 *
 * For every HelmRelease with `spec.chart` of a HelmRepository it does what the real one does: its finalizer, and through
 * the real Helm install, upgrade (with remediation: an install that fails is undone, an upgrade rolled back, both tried
 * again) and uninstall; it takes over objects that exist, waits until they are ready, reports Reconciling, Ready,
 * Released and the generation that it observed, and looks for drift by a dry run of a server-side apply, less
 * `driftDetection.ignore`, which it reports in events and mends in mode `enabled`.
 *
 * It leaves out: HelmChart objects and artifacts (Helm fetches the chart from the HelmRepository's URL), valuesFrom,
 * dependsOn, suspend, tests, post-renderers, labels of origin, CRDs in a chart's `crds/` (Istio's charts have theirs in
 * templates from 1.24 on), a limit of retries. Objects are applied as by Helm 3, that is Flux up to 2.7.
 */
export function startHelmController(cluster: Cluster): { stop(): void } {
  const { kube } = cluster;
  const helm = createHelm(cluster);
  const seen = new Map<string, Seen>();
  const busy = new Set<string>();
  let stopped = false;
  const watch = watchKind(kube, kindPath(apiVersion, 'HelmRelease'), () => {});

  async function setStatus(release: KubeObject, status: object): Promise<void> {
    await kube.mergePatch(`${objectPath(release)}/status`, { status });
  }

  async function report(release: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string) {
    const { name, namespace = '', uid } = release.metadata;
    const now = timestamp();
    await kube.apply({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${reason.toLowerCase()}.${Date.now()}`, namespace },
      involvedObject: { apiVersion, kind: 'HelmRelease', name, namespace, uid },
      source: { component: 'helm-controller' },
      type,
      reason,
      message: message.slice(0, 1000),
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    });
  }

  async function specOf({ metadata, spec }: KubeObject): Promise<ReleaseSpec> {
    const { chart, version, sourceRef } = spec.chart.spec;
    const namespace = sourceRef.namespace ?? metadata.namespace;
    const repository = await kube.get(
      `${kindPath('source.toolkit.fluxcd.io/v1', sourceRef.kind, namespace)}/${sourceRef.name}`,
    );
    return {
      name: spec.releaseName ?? metadata.name,
      namespace: spec.targetNamespace ?? metadata.namespace ?? '',
      chart,
      version: version ?? '*',
      repository: repository.spec.url,
      values: spec.values ?? {},
      timeout: spec.timeout ?? '5m',
    };
  }

  async function act(release: KubeObject, memory: Seen): Promise<void> {
    const { generation = 0 } = release.metadata;
    const action = memory.made === undefined ? 'Install' : 'Upgrade';
    const condition = (type: string, status: string, reason: string, message: string): object => ({
      type,
      status,
      reason,
      message: message.slice(0, 1000),
      observedGeneration: generation,
      lastTransitionTime: timestamp(),
    });
    const spec = await specOf(release);
    const wanted = JSON.stringify(spec);
    if (wanted !== memory.made) {
      const running = `Running '${action.toLowerCase()}' action with timeout of ${spec.timeout}`;
      const conditions = [
        condition('Reconciling', 'True', 'Progressing', running),
        condition('Ready', 'Unknown', 'Progressing', running),
      ];
      await setStatus(release, { conditions });
      try {
        await helm.upgrade(spec);
      } catch (error) {
        const message = `Helm ${action.toLowerCase()} failed for release ${nameOf(release)}: ${messageOf(error)}`;
        await setStatus(release, {
          observedGeneration: generation,
          conditions: ['Ready', 'Released'].map((type) => condition(type, 'False', `${action}Failed`, message)),
        });
        throw error;
      }
      memory.made = wanted;
      const message = `Helm ${action.toLowerCase()} succeeded for release ${nameOf(release)} with chart ${spec.chart}@${spec.version}`;
      await setStatus(release, {
        observedGeneration: generation,
        lastAttemptedGeneration: generation,
        lastAttemptedRevision: spec.version,
        conditions: ['Ready', 'Released'].map((type) => condition(type, 'True', `${action}Succeeded`, message)),
      });
    } else if (release.status?.observedGeneration !== generation) {
      await setStatus(release, { observedGeneration: generation });
    }
  }

  async function mendDrift(release: KubeObject): Promise<void> {
    const { mode = 'disabled', ignore = [] } = release.spec.driftDetection ?? {};
    if (mode === 'disabled') return;
    const { name, namespace } = await specOf(release);
    for (const drift of await driftOf(kube, await helm.objects(name, namespace), ignore)) {
      const { object, patch } = drift;
      const what = patch?.map(({ op, path }) => `${op} ${path}`).join(', ') ?? 'gone';
      await report(release, 'Warning', 'DriftDetected', `${object.kind}/${nameOf(object)}: ${what}`);
      if (mode === 'enabled') await correct(kube, drift);
    }
  }

  async function reconcile(release: KubeObject, memory: Seen): Promise<void> {
    const { metadata, spec } = release;
    const finalizers = metadata.finalizers ?? [];
    if (metadata.deletionTimestamp !== undefined) {
      if (!finalizers.includes(finalizer)) return;
      const namespace = spec.targetNamespace ?? metadata.namespace ?? '';
      await helm.uninstall(spec.releaseName ?? metadata.name, namespace, spec.timeout ?? '5m');
      await kube.mergePatch(objectPath(release), {
        metadata: { finalizers: finalizers.filter((name) => name !== finalizer) },
      });
      return;
    }
    if (!finalizers.includes(finalizer))
      await kube.mergePatch(objectPath(release), { metadata: { finalizers: [...finalizers, finalizer] } });
    await act(release, memory);
    await mendDrift(release);
    if (memory.requestedAt !== undefined) await setStatus(release, { lastHandledReconcileAt: memory.requestedAt });
  }

  function isDue({ metadata }: KubeObject, memory: Seen): boolean {
    if (Date.now() - memory.at < (memory.failed ? retryInterval : 500)) return false;
    if (memory.failed || metadata.deletionTimestamp !== undefined) return true;
    if (metadata.generation !== memory.generation || metadata.annotations?.[requested] !== memory.requestedAt)
      return true;
    return Date.now() - memory.at > driftInterval;
  }

  async function look(release: KubeObject): Promise<void> {
    const { uid = '', generation, annotations } = release.metadata;
    const memory = seen.get(uid) ?? {
      at: 0,
      generation: undefined,
      requestedAt: undefined,
      made: undefined,
      failed: false,
    };
    if (busy.has(uid) || !isDue(release, memory)) return;
    busy.add(uid);
    seen.set(uid, memory);
    memory.generation = generation;
    memory.requestedAt = annotations?.[requested];
    try {
      await reconcile(release, memory);
      memory.failed = false;
    } catch (error) {
      memory.failed = true;
      await report(release, 'Warning', 'ReconcileFailed', messageOf(error)).catch(() => {});
    }
    memory.at = Date.now();
    busy.delete(uid);
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      for (const release of watch.items.values()) void look({ ...release, apiVersion, kind: 'HelmRelease' });
      await sleep(200);
    }
  }

  void loop();
  return {
    stop() {
      stopped = true;
      watch.stop();
    },
  };
}

function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
