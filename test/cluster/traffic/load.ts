import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../errors.js';

export interface LoadPlan {
  readonly host: string;
  readonly port: number;
  /** The Host header. */
  readonly authority: string;
  readonly keepAliveConnections: number;
  readonly keepAlivePerSecond: number;
  readonly newPerSecond: number;
  /** No more requests than this, whatever happens to the one who started it. */
  readonly limit: number;
}

/** A request that was not answered 200. */
export interface Loss {
  /** When it was sent, in milliseconds since the epoch. */
  readonly at: number;
  readonly mode: 'keepAlive' | 'newConnection';
  readonly reason: string;
}

export interface LoadReport {
  readonly at: number;
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  readonly keepAlive: number;
  readonly newConnection: number;
  /** Milliseconds. */
  readonly slowest: number;
  /** Losses since the last report, 200 at most. */
  readonly losses: readonly Loss[];
  readonly final: boolean;
}

export interface Load {
  /** What was counted up to the last second. Throws a HarnessError when the client died. */
  now(): LoadSummary;
  /** Stops sending, waits for the answers that are due, and returns the whole count, or throws a HarnessError. */
  stop(): Promise<LoadSummary>;
}

export interface LoadSummary extends Omit<LoadReport, 'losses' | 'final' | 'at'> {
  readonly losses: readonly Loss[];
}

export const nothingSent: LoadSummary = {
  sent: 0,
  answered: 0,
  lost: 0,
  keepAlive: 0,
  newConnection: 0,
  slowest: 0,
  losses: [],
};

/** Starts the client in a process of its own, so that the harness' work does not slow it. */
export function startLoad(plan: LoadPlan): Load {
  const script = fileURLToPath(new URL('load-client.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let summary: LoadSummary = nothingSent;
  let whole = false;
  let asked = false;
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const { losses, final, at: _, ...counts } = JSON.parse(line) as LoadReport;
    whole = final;
    summary = { ...counts, losses: [...summary.losses, ...losses] };
  });
  const ended = once(lines, 'close');
  const endWithUs = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', endWithUs);
  return {
    now() {
      if (!asked && (child.exitCode !== null || child.signalCode !== null))
        throw new HarnessError('the load client died');
      return summary;
    },
    async stop() {
      asked = true;
      child.kill('SIGTERM');
      await ended;
      process.off('exit', endWithUs);
      if (!whole) throw new HarnessError('the load client ended without its last count');
      return summary;
    },
  };
}
