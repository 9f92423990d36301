import { ExpectationError, HarnessError, messageOf } from './errors.js';

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}

export interface WaitOptions {
  /** Seconds until it is given up. */
  readonly timeout: number;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

/**
 * Waits until `look` answers something other than undefined or false, and returns that.
 *
 * A look that throws is a look without an answer; the last reason is part of the final error.
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { timeout, every = 200 }: WaitOptions,
): Promise<T> {
  const end = Date.now() + timeout * 1000;
  let reason = '';
  for (;;) {
    try {
      const answer = await look();
      if (answer !== undefined && answer !== false) return answer as T;
    } catch (error) {
      if (error instanceof ExpectationError || error instanceof HarnessError) throw error;
      reason = `: ${messageOf(error)}`;
    }
    if (Date.now() > end) throw new ExpectationError(`waited ${timeout} s for ${what}${reason}`);
    await sleep(every);
  }
}

export function secondsSince(start: number): number {
  return Math.round((Date.now() - start) / 100) / 10;
}

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Seconds of a duration as Go writes it, such as `5m` or `1m30s`. */
export function secondsOf(duration: string): number {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(duration))
    throw new HarnessError(`${duration} is no duration such as 5m or 90s`);
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (unitSeconds[unit] ?? 0), 0);
}
