import pc from 'picocolors';
import type { SyncState } from '../catalog/engines/engine.js';
import { counted } from '../cluster/findings.js';
import { assess, type Sample, type Timeline } from '../cluster/timeline.js';
import type { Seen } from '../cluster/watch-report.js';
import { type Size, screen } from './screen.js';

/** The widest bar, and what stands beside it in its line. */
const [widest, besideBar] = [40, 56];

/** The screen of a terminal; one that is low gets it in few words. `until`: when it ends, in milliseconds since the epoch. */
export function watchScreen(seen: Seen, engine: readonly SyncState[], size: Size, until?: number): string {
  const { cluster, context, from, to, timelines, marks, probe, blind } = seen;
  const ends = until === undefined ? 'until Ctrl-C' : `ends in ${clock(until - to)}`;
  const lost = blind.find(({ to: end }) => end === undefined);
  const head = `${pc.bold(cluster)}  ${pc.dim(`watched for ${clock(to - from)}, ${ends}, context ${context}`)}`;
  const loud = [
    ...(lost === undefined ? [] : [pc.red(`Not all can be seen: ${lost.why}`)]),
    ...(probe === null ? [] : [requests(probe)]),
  ];
  const lines = (last: number) => marks.slice(-last).map(({ at, text }) => pc.dim(`${time(at)}  ${text}`));
  const blocks = [
    [head],
    ...loud.map((line) => [line]),
    ...timelines.map((timeline) => gatewayLines(timeline, Math.max(8, Math.min(widest, size.columns - besideBar)))),
    engine.map(engineLine),
    lines(6),
  ].filter((block) => block.length > 0);
  const whole = blocks.flatMap((block, at) => (at === 0 ? block : ['', ...block]));
  if (whole.length < size.rows) return screen(whole, size);
  const few = [head, ...loud, ...timelines.flatMap(gatewayInTwoLines), ...engineInFewLines(engine)];
  return screen([...few, ...lines(Math.max(1, size.rows - 1 - few.length))], size);
}

function gatewayLines(timeline: Timeline, widestBar: number): string[] {
  const last = timeline.samples.at(-1);
  const seen = versions(timeline);
  return [
    `${pc.bold(timeline.service)}  selects ${words(last?.selector ?? {}) || 'nothing'}`,
    ...seen.map((version) => `  ${bars(version, last, widestBar)}`),
    ...(seen.length < 2 ? [] : [`  ${phaseText(last?.selector ?? {}, seen)}`]),
    `  ${verdict(timeline)}`,
  ];
}

/** Ready endpoints of ready pods, by version: 1_20_8 4/4. */
function gatewayInTwoLines(timeline: Timeline): string[] {
  const last = timeline.samples.at(-1);
  const seen = versions(timeline);
  const counts = seen.map((version) => `${version} ${last?.serving[version] ?? 0}/${last?.prepared[version] ?? 0}`);
  return [
    `${pc.bold(timeline.service)}${seen.length < 2 ? '' : `  ${phaseText(last?.selector ?? {}, seen)}`}`,
    `  ${[...counts, verdict(timeline)].join('  ')}`,
  ];
}

function verdict(timeline: Timeline): string {
  const { minimum, gaps } = assess(timeline);
  if (minimum === undefined) return pc.red('no ready endpoint so far');
  const text = `never below ${counted(minimum, 'ready endpoint')}, ${counted(gaps.length, 'interval')} without`;
  return gaps.length > 0 ? pc.red(text) : pc.green(text);
}

function engineLine({ name, revision, state, settled }: SyncState): string {
  return `${name}  ${revision.slice(0, 12)}  ${settled ? state : pc.yellow(state)}`;
}

/** What waits, and how many do not. */
function engineInFewLines(engine: readonly SyncState[]): string[] {
  const settled = engine.filter((each) => each.settled);
  const [first] = settled;
  const commits = [...new Set(settled.map(({ revision }) => revision.slice(0, 12)))].join(', ');
  return [
    ...engine.filter((each) => !each.settled).map(engineLine),
    ...(first === undefined
      ? []
      : [settled.length === 1 ? engineLine(first) : `${settled.length} settled  ${commits}`]),
  ];
}

/** A printer of what has changed since it was asked last, a line each. */
export function watchLines(): (seen: Seen) => readonly string[] {
  const before = new Map<string, string>();
  let [marks, blind] = [0, false];
  return (seen) => {
    const changed = seen.timelines.flatMap(({ service, samples }) => {
      const last = samples.at(-1);
      const serving = Object.entries(last?.serving ?? {}).sort();
      const text = `${service}: ${serving.map(([version, count]) => `${version} ${count}`).join(', ') || 'no'} ready endpoints, selects ${words(last?.selector ?? {}) || 'nothing'}`;
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

function bars(version: string, sample: Sample | undefined, widestBar: number): string {
  const [serving, ready] = [sample?.serving[version] ?? 0, sample?.prepared[version] ?? 0];
  const bar =
    '■'.repeat(Math.min(serving, widestBar)) + pc.dim('□'.repeat(Math.max(0, Math.min(ready, widestBar) - serving)));
  return `${version.padEnd(12)}${bar} ${counted(serving, 'ready endpoint')} of ${counted(ready, 'ready pod')}`;
}

function requests({ url, sent, failed, slowest }: NonNullable<Seen['probe']>): string {
  const text = `${sent} requests: ${failed} failed, the slowest took ${slowest} ms; ${url}`;
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
