import { until } from '../clock.js';

/** What syncs the repository into the cluster. The same verbs for Argo CD and for Flux, so that a scenario reads the same. */
export interface Engine {
  readonly name: EngineName;
  start(): Promise<void>;
  /** Applies what hands the cluster over to the engine, as a person does once. `repository` is a checked out copy. */
  handOver(repository: string): Promise<void>;
  /** Waits until the cluster is in sync with this commit and healthy. Timeout in seconds. */
  synced(commit: string, timeout?: number): Promise<void>;
  /** One look: is it in sync with this commit, healthy, with nothing under way? The answer is a reason when it is not. */
  state(commit: string): Promise<'synced' | { readonly reason: string }>;
  /** Ends the engine's processes at once (SIGKILL); `start` brings them back. */
  kill(): Promise<void>;
  /** Makes it look at everything again, as after its resync interval, and waits until it has. */
  refresh(): Promise<void>;
  /** When it last changed something in the cluster, as far as it says: another answer means that it did. */
  lastActed(): Promise<string>;
  /** Ends what runs in this process for it. */
  close(): void;
}

export type EngineName = 'argo-cd' | 'flux';

/** Waits until an engine says that it is in sync; a time-out says what it said last. Timeout in seconds. */
export async function untilSynced(
  what: string,
  state: () => ReturnType<Engine['state']>,
  timeout: number,
): Promise<void> {
  await until(
    what,
    async () => {
      const answer = await state();
      if (answer === 'synced') return true;
      throw new Error(answer.reason);
    },
    { timeout, every: 300 },
  );
}
