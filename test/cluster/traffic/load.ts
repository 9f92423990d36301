import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

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
  /** What was counted up to the last second. */
  now(): LoadSummary;
  /** Stops sending, waits for the answers that are due, and returns the whole count. */
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
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const { losses, final: _, at: __, ...counts } = JSON.parse(line) as LoadReport;
    summary = { ...counts, losses: [...summary.losses, ...losses] };
  });
  const ended = once(lines, 'close');
  const endWithUs = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', endWithUs);
  return {
    now: () => summary,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', endWithUs);
      return summary;
    },
  };
}
