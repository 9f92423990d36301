import { sleep } from '../clock.js';
import type { Cluster } from '../cluster/cluster.js';
import { phaseAnnotation, readyAnnotation } from '../cluster/kwok-config.js';
import { messageOf } from '../errors.js';
import { type KubeObject, nameOf } from '../kube/objects.js';
import { watchKind } from '../kube/watch.js';
import type { Faults } from '../stand-ins/faults.js';
import type { Player, PlayerOf } from './player.js';

interface Played {
  pod: KubeObject;
  player?: Player | undefined;
  /** When its process was first ready, in milliseconds since the epoch. */
  readySince?: number | undefined;
  /** Since when its probe fails, in milliseconds since the epoch. */
  failingSince?: number | undefined;
  stopping: boolean;
  crashed: boolean;
}

/** The part of the kubelet that KWOK does not play: it runs the processes of pods, probes them, and ends them. */
export interface PodRunner {
  /** Pods that are played now. */
  pods(): readonly KubeObject[];
  /** Ends the process of a pod without notice and does not start it again until `heal`. */
  crash(pod: KubeObject): Promise<void>;
  /** Starts the processes of crashed pods again, as the kubelet does after its back-off. */
  heal(): void;
  stop(): Promise<void>;
}

export interface PodRunnerOptions {
  readonly cluster: Cluster;
  readonly faults: Faults;
  readonly playerOf: PlayerOf;
  readonly say: (line: string) => void;
}

/** Milliseconds between two readiness probes. */
const probeInterval = 300;
/** Milliseconds of failing probes after which a ready pod is not ready: the failure threshold. A crash shows at once. */
const failureThreshold = 4000;

export function runPods({ cluster: { kube }, faults, playerOf, say }: PodRunnerOptions): PodRunner {
  const played = new Map<string, Played>();
  let stopped = false;

  const watch = watchKind(kube, '/api/v1/pods', ({ type, object }) => {
    const uid = object.metadata.uid ?? '';
    const entry = played.get(uid);
    if (type === 'DELETED') {
      played.delete(uid);
      if (entry !== undefined) entry.stopping = true;
      void entry?.player?.kill();
    } else if (entry !== undefined) {
      entry.pod = object;
      if (object.metadata.deletionTimestamp !== undefined) void end(entry);
    } else if (object.metadata.deletionTimestamp !== undefined) {
      if (object.spec.nodeName !== undefined) void end({ pod: object, stopping: false, crashed: false });
    } else if (object.status?.podIP !== undefined && object.status.phase === 'Running') {
      const begun: Played = { pod: object, stopping: false, crashed: false };
      played.set(uid, begun);
      void begin(begun);
    }
  });

  async function startProcess(entry: Played): Promise<void> {
    while (!entry.stopping && !stopped) {
      try {
        const player = await playerOf(entry.pod);
        // It was deleted meanwhile, and another pod may get its address.
        if (entry.stopping || stopped) await player?.kill();
        else entry.player = player;
        return;
      } catch (error) {
        say(`pod ${nameOf(entry.pod)} does not start yet: ${messageOf(error)}`);
        await sleep(1000);
      }
    }
  }

  async function begin(entry: Played): Promise<void> {
    await startProcess(entry);
    void entry.player?.finished?.then((phase) => report(entry, phase));
    while (entry.player !== undefined && !entry.stopping && !stopped) {
      await probe(entry).catch(() => {});
      await sleep(probeInterval);
    }
  }

  async function probe(entry: Played): Promise<void> {
    if (entry.player?.finished !== undefined) return;
    const answers = !entry.crashed && (await entry.player?.ready()) === true;
    if (answers) entry.failingSince = undefined;
    else entry.failingSince ??= Date.now();
    const lately = entry.readySince !== undefined && Date.now() - (entry.failingSince ?? Date.now()) < failureThreshold;
    const alive = answers || (lately && !entry.crashed && entry.player?.ended?.() !== true);
    if (alive) entry.readySince ??= Date.now();
    if (alive && faults.crashes(entry.pod, Date.now() - (entry.readySince ?? Date.now()))) await crash(entry);
    const ready =
      alive && !entry.crashed && faults.mayBeReady(entry.pod, Date.now() - (entry.readySince ?? Date.now()));
    const said = entry.pod.metadata.annotations?.[readyAnnotation];
    if (said !== String(ready) && (ready || said !== undefined)) await annotate(entry, readyAnnotation, String(ready));
  }

  async function crash(entry: Played): Promise<void> {
    entry.crashed = true;
    await entry.player?.kill();
  }

  /** Says how a Job's pod ended, again and again until the API server takes it, as a kubelet does. */
  async function report(entry: Played, phase: string): Promise<void> {
    while (!entry.stopping && !stopped) {
      try {
        await annotate(entry, phaseAnnotation, phase);
        return;
      } catch {
        await sleep(1000);
      }
    }
  }

  async function annotate({ pod }: Played, annotation: string, value: string): Promise<void> {
    const path = `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
    await kube.mergePatch(path, { metadata: { annotations: { [annotation]: value } } });
  }

  async function end(entry: Played): Promise<void> {
    if (entry.stopping) return;
    entry.stopping = true;
    await entry.player?.stop();
    const { namespace, name, uid } = entry.pod.metadata;
    const gone = { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds: 0, preconditions: { uid } };
    for (let attempt = 0; attempt < 20 && !stopped; attempt++) {
      try {
        await kube.remove(`/api/v1/namespaces/${namespace}/pods/${name}`, gone);
        return;
      } catch {
        await sleep(1000);
      }
    }
  }

  return {
    pods: () => [...played.values()].map(({ pod }) => pod),
    async crash(pod) {
      const entry = played.get(pod.metadata.uid ?? '');
      if (entry !== undefined) await crash(entry);
    },
    heal() {
      for (const entry of played.values()) {
        if (!entry.crashed) continue;
        entry.crashed = false;
        entry.readySince = undefined;
        void startProcess(entry);
      }
    },
    async stop() {
      stopped = true;
      watch.stop();
      await Promise.all([...played.values()].map(({ player }) => player?.kill()));
    },
  };
}
