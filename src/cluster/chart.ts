import type { Sample, Timeline } from './timeline.js';

/** A moment that a reader of the timeline wants to see. */
export interface Mark {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: 'commit' | 'synced' | 'fault' | 'note';
  readonly text: string;
}

export interface ChartInput {
  readonly timeline: Timeline;
  readonly marks: readonly Mark[];
  /** Requests without an answer: when (milliseconds since the epoch), and why. */
  readonly losses: readonly { readonly at: number; readonly reason: string }[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

const width = 1060;
const left = 34;
const right = 10;
const bottom = 26;
const lane = 13;
const plot = 130;
const colours = ['#0b6bcb', '#e07a1f', '#5b3fa8', '#148a6a', '#a8323e'];
/** A page that is dark gives others. */
const markColours: Readonly<Record<Mark['kind'], string>> = {
  commit: 'var(--commit, #45525f)',
  synced: 'var(--synced, #146c2e)',
  fault: 'var(--fault, #b3261e)',
  note: 'var(--note, #66727f)',
};
/** Characters of a mark that fit beside it, wherever it is. */
const markLength = 96;
/** Lines of the grid, so that their numbers can be told apart. */
const mostLines = 8;

/** Ready endpoints behind one entry Service over time, one colour per version, stacked; commits and syncs on top. */
export function chart({ timeline, marks, losses, from, to }: ChartInput): string {
  const span = Math.max(1, to - from);
  const x = (at: number): number => left + ((Math.min(at, to) - from) / span) * (width - left - right);
  const versions = [
    ...new Set(
      timeline.samples.flatMap(({ serving, prepared }) => [...Object.keys(serving), ...Object.keys(prepared)]),
    ),
  ].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  const most = Math.max(
    2,
    ...timeline.samples.map(({ serving }) => Object.values(serving).reduce((sum, count) => sum + count, 0)),
  );
  const top = 8 + marks.length * lane;
  const height = top + plot + bottom;
  const y = (count: number): number => top + plot - (count / most) * plot;
  const colourOf = (version: string): string => colours[versions.indexOf(version) % colours.length] ?? '#000';

  const areas = timeline.samples.flatMap((sample, index) => bars(sample, timeline.samples[index + 1]?.at ?? to));
  function bars({ at, serving }: Sample, until: number): string[] {
    let below = 0;
    const start = x(at);
    const breadth = Math.max(0.6, x(until) - start);
    if (Object.keys(serving).length === 0)
      return [
        `<rect x="${f(start)}" y="${top + plot - 4}" width="${f(breadth)}" height="4" fill="#b3261e" opacity=".35"/>`,
      ];
    return versions.flatMap((version) => {
      const count = serving[version] ?? 0;
      if (count === 0) return [];
      below += count;
      const label = `${version}: ${count}`;
      return [
        `<rect x="${f(start)}" y="${f(y(below))}" width="${f(breadth)}" height="${f((count / most) * plot)}" fill="${colourOf(version)}" opacity=".75"><title>${escapeHtml(label)}</title></rect>`,
      ];
    });
  }

  const lines = marks.map(({ at, kind, text }, index) => {
    const where = 8 + index * lane + 8;
    const flip = x(at) > width * 0.6;
    return `<line x1="${f(x(at))}" x2="${f(x(at))}" y1="${where - 8}" y2="${top + plot}" style="stroke:${markColours[kind]}" stroke-dasharray="3 3" opacity=".6"/><text x="${f(x(at) + (flip ? -4 : 4))}" y="${where}" text-anchor="${flip ? 'end' : 'start'}" style="fill:${markColours[kind]}">${shortened(text)}</text>`;
  });
  const lost = losses.map(
    ({ at, reason }) =>
      `<circle cx="${f(x(at))}" cy="${top + plot + 6}" r="2.5" fill="#b3261e"><title>${escapeHtml(reason)}</title></circle>`,
  );
  const step = stepFor(most);
  const grid = Array.from({ length: Math.floor(most / step) + 1 }, (_, line) => {
    const count = line * step;
    return `<line x1="${left}" x2="${width - right}" y1="${f(y(count))}" y2="${f(y(count))}" style="stroke:var(--grid, #e3e8ee)"/><text x="${left - 8}" y="${f(y(count) + 4)}" text-anchor="end">${count}</text>`;
  });
  const legend = versions.map(
    (version, index) =>
      `<tspan style="fill:${colourOf(version)};font-weight:600" dx="${index === 0 ? 0 : 14}">■ ${escapeHtml(version)}</tspan>`,
  );
  const seconds = Array.from(
    { length: 7 },
    (_, part) =>
      `<text x="${f(x(from + (span * part) / 6))}" y="${height - 4}" text-anchor="${part === 6 ? 'end' : 'middle'}">${moment((span * part) / 6, span)}</text>`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(`Ready endpoints of ${timeline.service} over time, by version`)}"><g>${grid.join('')}</g>${areas.join('')}${lines.join('')}${lost.join('')}${seconds.join('')}</svg><p><svg viewBox="0 0 ${width} 18" role="img" aria-label="${escapeHtml(`Versions: ${versions.join(', ')}`)}" style="border:0;background:none"><text x="${left}" y="13">${legend.join('')}</text></svg></p>`;
}

/** Milliseconds since the start: seconds, or minutes where there are many, and tenths where all of it is short. */
function moment(milliseconds: number, span: number): string {
  if (span < 12_000) return `${f(milliseconds / 1000)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 600 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;
}

/** 1, 2, 5, 10, 20 …: the smallest that draws few lines. */
function stepFor(most: number): number {
  for (let power = 1; ; power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) if (most / step <= mostLines) return step;
  }
}

/** A text as it is drawn: all of a long one is shown to whoever points at it. */
function shortened(text: string): string {
  if (text.length <= markLength) return escapeHtml(text);
  return `${escapeHtml(`${text.slice(0, markLength - 1)}…`)}<title>${escapeHtml(text)}</title>`;
}

function f(value: number): string {
  return value.toFixed(1);
}

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
