/**
 * The client: sends requests without a pause and counts every one. Runs as a process of its own.
 *
 * Open loop: requests start by the clock, so a slow gateway does not make the client ask less. Every request must be
 * answered 200 within ten seconds of the moment at which it was due, also when it waits for a connection; anything else is
 * lost, a reset on a reused connection too. There are no retries.
 *
 * Usage: load-client.ts <JSON LoadPlan>; writes one JSON LoadReport a second, the sum up to then.
 */
import { Agent, request } from 'node:http';
import type { LoadPlan, LoadReport, Loss } from './load.js';

const plan = JSON.parse(process.argv[2] ?? '{}') as LoadPlan;
// First in, first out: every connection is used in turn, so none is idle when its gateway drains.
const keepAlive = new Agent({
  keepAlive: true,
  maxSockets: plan.keepAliveConnections,
  keepAliveMsecs: 30_000,
  scheduling: 'fifo',
});
const counts = { sent: 0, answered: 0, lost: 0, keepAlive: 0, newConnection: 0 };
let losses: Loss[] = [];
let slowest = 0;

function send(mode: Loss['mode']): void {
  const at = Date.now();
  counts.sent++;
  counts[mode]++;
  let settled = false;
  const settle = (reason?: string): void => {
    if (settled) return;
    settled = true;
    clearTimeout(deadline);
    slowest = Math.max(slowest, Date.now() - at);
    if (reason === undefined) {
      counts.answered++;
      return;
    }
    counts.lost++;
    if (losses.length < 200) losses.push({ at, mode, reason });
  };
  const { host, port, authority } = plan;
  const agent = mode === 'keepAlive' ? keepAlive : false;
  const headers: Record<string, string> =
    mode === 'keepAlive' ? { host: authority } : { host: authority, connection: 'close' };
  const outgoing = request({ host, port, path: '/', agent, headers }, (response) => {
    response.resume();
    response.on('end', () => settle(response.statusCode === 200 ? undefined : `HTTP ${response.statusCode}`));
    response.on('error', (error) => settle(error.message));
  });
  const deadline = setTimeout(() => {
    // One that waits for a connection hears nothing of its own end.
    settle('no answer in 10 s');
    outgoing.destroy();
  }, 10_000);
  outgoing.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  outgoing.end();
}

/** Starts so many requests a second, evenly, catching up what the clock's grain left behind. */
function keepSending(mode: Loss['mode'], perSecond: number): NodeJS.Timeout {
  const start = Date.now();
  let started = 0;
  return setInterval(() => {
    const due = Math.floor(((Date.now() - start) / 1000) * perSecond);
    while (started < due && counts.sent < plan.limit) {
      started++;
      send(mode);
    }
    started = Math.max(started, due);
  }, 5);
}

const timers = [keepSending('keepAlive', plan.keepAlivePerSecond), keepSending('newConnection', plan.newPerSecond)];

function report(final: boolean): void {
  const summary: LoadReport = { ...counts, slowest, losses, final, at: Date.now() };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  losses = [];
}

const reporting = setInterval(() => report(false), 1000);
process.on('SIGTERM', () => {
  for (const timer of timers) clearInterval(timer);
  // Ends in time: every request has its own.
  const wait = setInterval(() => {
    if (counts.answered + counts.lost < counts.sent) return;
    clearInterval(wait);
    clearInterval(reporting);
    report(true);
    process.exit(0);
  }, 20);
});
