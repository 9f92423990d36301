import type { KubeObject } from '../kube/objects.js';

/** What plays one pod: a process, or something in this process. */
export interface Player {
  /** Whether its readiness probe would succeed now. */
  ready(): Promise<boolean>;
  /** SIGTERM and its grace, as the kubelet does when the pod is deleted. */
  stop(): Promise<void>;
  /** SIGKILL: the process crashes. The kubelet would start it again; `start` of the runner does. */
  kill(): Promise<void>;
  /** Whether its process has ended. */
  ended?(): boolean;
  /** For pods that end by themselves. */
  readonly finished?: Promise<'Succeeded' | 'Failed'>;
}

/** Makes the player of a pod that has an address, or undefined for pods that nothing needs to play. */
export type PlayerOf = (pod: KubeObject) => Promise<Player | undefined>;

/** Something that needs no process: ready at once. */
export const idlePlayer: Player = { ready: async () => true, stop: async () => {}, kill: async () => {} };
