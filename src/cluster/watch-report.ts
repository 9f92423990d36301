import { chart, escapeHtml, type Mark } from './chart.js';
import { counted } from './findings.js';
import type { Probed } from './probe.js';
import { type Assessment, assess, type Timeline } from './timeline.js';
import type { Blind } from './watch-traffic.js';

/** What `watch` writes as report.json, and prints with --json. Fields are added and never renamed. Times are milliseconds since the epoch. */
export interface WatchReport {
  readonly context: string;
  readonly cluster: string;
  readonly from: number;
  readonly to: number;
  /** One sentence for every entry Service, for the probe, and for the time in which nothing could be seen. */
  readonly sentences: readonly string[];
  /** Whether traffic may have been lost: a gap, a switch before readiness, or a request that failed. */
  readonly lost: boolean;
  /** Whether there was a time in which nobody looked. */
  readonly unseen: boolean;
  readonly assessments: readonly Assessment[];
  readonly timelines: readonly Timeline[];
  readonly marks: readonly Mark[];
  readonly probe: Probed | null;
  readonly blind: readonly Blind[];
}

/** What was seen, and in which time. */
export type Seen = Pick<WatchReport, 'context' | 'cluster' | 'from' | 'to' | 'timelines' | 'marks' | 'probe' | 'blind'>;

/** Judges what was seen. Pure. */
export function watchReport(seen: Seen): WatchReport {
  const assessments = seen.timelines.map(assess);
  const { probe, blind, to } = seen;
  return {
    ...seen,
    sentences: [
      ...assessments.map(sentence),
      ...(probe === null ? [] : [probeSentence(probe)]),
      ...(blind.length === 0 ? [] : [`For ${seconds(away(blind, to))} not all could be seen: ${blind[0]?.why}`]),
    ],
    lost:
      assessments.some(({ problems, minimum }) => problems.length > 0 || minimum === undefined) ||
      (probe?.failed ?? 0) > 0,
    unseen: blind.length > 0,
    assessments,
  };
}

/** The time in which the connection of any watch was lost, in milliseconds; what overlaps counts once. */
function away(blind: readonly Blind[], now: number): number {
  let [sum, seen] = [0, 0];
  for (const { from, to = now } of [...blind].sort((one, other) => one.from - other.from)) {
    sum += Math.max(0, to - Math.max(from, seen));
    seen = Math.max(seen, to);
  }
  return sum;
}

function sentence({ service, minimum, gaps, problems }: Assessment): string {
  if (minimum === undefined) return `Entry Service ${service}: never had a ready endpoint.`;
  const without = `${counted(gaps.length, 'interval')} without`;
  const more = problems.length === 0 ? '' : ` ${problems.map((problem) => problem.sentence).join('. ')}.`;
  return `Entry Service ${service}: never below ${counted(minimum, 'ready endpoint')}, ${without}.${more}`;
}

function probeSentence({ url, sent, failed, slowest, failures }: Probed): string {
  const reasons = [...new Set(failures.map(({ reason }) => reason))].slice(0, 3).join(', ');
  return `${sent} requests to ${url}: ${failed} failed${failed === 0 ? '' : ` (${reasons})`}, the slowest took ${slowest} ms.`;
}

/** The report as one page that needs nothing else. */
export function watchPage(report: WatchReport): string {
  const { context, cluster, from, to, sentences, timelines, marks, probe, lost, unseen } = report;
  const switches = report.assessments.flatMap(({ service, switches: all }) =>
    all.map(({ at, to: selector }) => ({
      at,
      kind: 'note' as const,
      text: `${service.split('/')[1]} → ${words(selector)}`,
    })),
  );
  const shown = [...fewOf(marks), ...switches].sort((one, other) => one.at - other.at);
  const charts = timelines.map(
    (timeline) =>
      `<h2>${escapeHtml(timeline.service)}</h2>${chart({ timeline, marks: shown, losses: probe?.failures ?? [], from, to })}`,
  );
  const title = `Istio in ${cluster}: ${lost ? 'traffic may have been lost' : unseen ? 'nothing lost while it could be seen' : 'no traffic was lost'}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}</style></head><body>
<h1 class="${lost ? 'bad' : unseen ? '' : 'good'}">${escapeHtml(title)}</h1>
<p>Context ${escapeHtml(context)}, ${new Date(from).toISOString()} to ${new Date(to).toISOString()} (${seconds(to - from)}).</p>
<ul>${sentences.map((each) => `<li>${escapeHtml(each)}</li>`).join('')}</ul>
${charts.join('\n')}
<p>Ready endpoints of each entry Service over time, by version; above, what changed; red dots are requests that failed.</p>
</body></html>
`;
}

/** So many marks that they can be told apart: where there are more, those that say that all was settled, the last of them. All are in report.json. */
function fewOf(marks: readonly Mark[]): readonly Mark[] {
  const most = 24;
  if (marks.length <= most) return marks;
  return marks.filter(({ kind }) => kind !== 'commit').slice(-most);
}

function words(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}

const style = `
:root { color-scheme: light dark; --text: #1c2733; --quiet: #45525f; --panel: #fafbfc; --grid: #e3e8ee; --good: #146c2e; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --text: #e3e8ee; --quiet: #a9b6c3; --panel: #161b22; --grid: #323b45; --good: #6fd08c; --bad: #ff8a80;
  --commit: #a9b6c3; --synced: #6fd08c; --fault: #ff8a80; --note: #a9b6c3; } body { background: #0d1117; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1100px; padding: 0 1rem; color: var(--text); overflow-wrap: anywhere; }
h1.good { color: var(--good); } h1.bad { color: var(--bad); } h2 { font-size: 1rem; margin: 1.5rem 0 .2rem; }
svg { width: 100%; height: auto; background: var(--panel); border: 1px solid var(--grid); } svg text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
`;
