import { sleep } from './follow.js';

/** Milliseconds until a request without an answer has failed. */
const patience = 5000;
/** Failed requests that are kept one by one; all are counted. */
const kept = 1000;

/** What came of the requests of a probe. */
export interface Probed {
  readonly url: string;
  readonly sent: number;
  readonly failed: number;
  /** The slowest answer, in milliseconds. */
  readonly slowest: number;
  /** The first failures: when (milliseconds since the epoch), and why. */
  readonly failures: readonly { readonly at: number; readonly reason: string }[];
}

/** Requests that are sent without a pause, as users do. */
export interface Probe {
  now(): Probed;
  /** Resolves when all that were sent are answered. */
  readonly ended: Promise<void>;
}

/**
 * Asks a URL at an even rate until the signal. A failure is no answer, a broken one, or a status of 500 and above: what a
 * client sees when a gateway is not there.
 */
export function startProbe(url: string, perSecond: number, signal: AbortSignal): Probe {
  const failures: { at: number; reason: string }[] = [];
  let [sent, failed, slowest] = [0, 0, 0];
  const open = new Set<Promise<void>>();

  async function ask(): Promise<void> {
    const at = Date.now();
    sent += 1;
    const reason = await askOnce(url);
    slowest = Math.max(slowest, Date.now() - at);
    if (reason === undefined) return;
    failed += 1;
    if (failures.length < kept) failures.push({ at, reason });
  }

  async function run(): Promise<void> {
    const start = Date.now();
    for (let turn = 1; !signal.aborted; turn += 1) {
      const request = ask().finally(() => open.delete(request));
      open.add(request);
      // Measured from the start, so that a slow moment does not lower the rate.
      await sleep(start + (turn * 1000) / perSecond - Date.now(), signal);
    }
    await Promise.all(open);
  }

  return { now: () => ({ url, sent, failed, slowest, failures }), ended: run() };
}

/** Why a request failed; undefined where it did not. */
async function askOnce(url: string): Promise<string | undefined> {
  try {
    // A connection of its own, as a new user has: one that is kept stays with the gateway that it found.
    const headers = { connection: 'close' };
    const response = await fetch(url, { redirect: 'manual', headers, signal: AbortSignal.timeout(patience) });
    await response.arrayBuffer();
    return response.status >= 500 ? `HTTP ${response.status}` : undefined;
  } catch (error) {
    const { cause, message, name } = error as Error & { cause?: { code?: string; message?: string } };
    return name === 'TimeoutError' ? `no answer in ${patience / 1000} s` : (cause?.code ?? cause?.message ?? message);
  }
}
