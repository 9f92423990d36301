import pc from 'picocolors';
import type { SyncState } from '../catalog/engines/engine.js';
import { assess, type Sample, type Timeline } from '../cluster/timeline.js';
import type { Seen } from '../cluster/watch-report.js';

/** Clears the terminal: the screen is drawn anew from its first line. */
const clear = '\u001b[H\u001b[2J';

/** The screen of a terminal. `until`: when it ends, in milliseconds since the epoch. */
export function watchScreen(seen: Seen, engine: readonly SyncState[], until?: number): string {
  const { cluster, context, from, to, timelines, marks, probe, blind } = seen;
  const ends = until === undefined ? 'until Ctrl-C' : `ends in ${clock(until - to)}`;
  const lost = blind.find(({ to: end }) => end === undefined);
  return [
    `${clear}${pc.bold(cluster)}  ${pc.dim(`context ${context}, watched for ${clock(to - from)}, ${ends}`)}`,
    ...timelines.map((timeline) => {
      const { minimum, gaps } = assess(timeline);
      const last = timeline.samples.at(-1);
      const verdict = `never below ${minimum ?? 0} ready endpoints, ${gaps.length} intervals without`;
      const seenVersions = versions(timeline);
      return [
        `${pc.bold(timeline.service)}  selects ${words(last?.selector ?? {})}`,
        ...seenVersions.map((version) => `  ${bars(version, last)}`),
        ...(seenVersions.length < 2 ? [] : [`  ${phaseText(last?.selector ?? {}, seenVersions)}`]),
        `  ${gaps.length > 0 || minimum === undefined ? pc.red(verdict) : pc.green(verdict)}`,
      ].join('\n');
    }),
    engine
      .map(
        ({ name, revision, state, settled }) =>
          `${name}  ${revision.slice(0, 12)}  ${settled ? state : pc.yellow(state)}`,
      )
      .join('\n'),
    ...(marks.length === 0
      ? []
      : [
          marks
            .slice(-6)
            .map(({ at, text }) => pc.dim(`${time(at)}  ${text}`))
            .join('\n'),
        ]),
    ...(probe === null ? [] : [requests(probe)]),
    ...(lost === undefined ? [] : [pc.red(`Not all can be seen: ${lost.why}`)]),
  ].join('\n\n');
}

/** A printer of what has changed since it was asked last, a line each. */
export function watchLines(): (seen: Seen) => readonly string[] {
  const before = new Map<string, string>();
  let [marks, blind] = [0, false];
  return (seen) => {
    const changed = seen.timelines.flatMap(({ service, samples }) => {
      const last = samples.at(-1);
      const serving = Object.entries(last?.serving ?? {}).sort();
      const text = `${service}: ${serving.map(([version, count]) => `${version} ${count}`).join(', ') || 'no'} ready endpoints, selects ${words(last?.selector ?? {})}`;
      if (before.get(service) === text) return [];
      before.set(service, text);
      return [text];
    });
    const lost = seen.blind.find(({ to }) => to === undefined);
    const sight = lost === undefined ? 'All can be seen again.' : `Not all can be seen: ${lost.why}`;
    const happened = [
      ...seen.marks.slice(marks).map(({ text }) => text),
      ...(blind === (lost !== undefined) ? [] : [sight]),
    ];
    [marks, blind] = [seen.marks.length, lost !== undefined];
    return [...changed, ...happened].map((line) => `${time(seen.to)}  ${line}`);
  };
}

/** Every version that was seen behind a Service, the oldest first: one that is gone is told with its zeros. */
function versions({ samples }: Timeline): string[] {
  const all = new Set(samples.flatMap(({ serving, prepared }) => [...Object.keys(serving), ...Object.keys(prepared)]));
  return [...all].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}

/** The phase that a selector is in, in words. */
function phaseText({ version }: Readonly<Record<string, string>>, [old, ...newer]: readonly string[]): string {
  if (version === undefined) return 'blend: the gateways of both serve';
  if (version === old) return `before blend: ${old} serves, ${newer.join(', ')} is dark`;
  return `cut: ${version} serves, and ${old} drains`;
}

function time(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

function bars(version: string, sample: Sample | undefined): string {
  const [serving, ready] = [sample?.serving[version] ?? 0, sample?.prepared[version] ?? 0];
  const bar = '■'.repeat(Math.min(serving, 40)) + pc.dim('□'.repeat(Math.max(0, Math.min(ready, 40) - serving)));
  return `${version.padEnd(12)}${bar} ${serving} ready endpoints of ${ready} ready pods`;
}

function requests({ url, sent, failed, slowest }: NonNullable<Seen['probe']>): string {
  const text = `${sent} requests to ${url}: ${failed} failed, the slowest took ${slowest} ms`;
  return failed > 0 ? pc.red(text) : text;
}

function words(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
