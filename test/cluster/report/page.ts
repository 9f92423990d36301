import { chart, escapeHtml } from '../../../src/cluster/chart.js';
import type { KeptResult, Result } from '../scenario.js';

/** A self-contained page: a table of all results, and a timeline for each. */
export function page(results: readonly KeptResult[]): string {
  const commits = [...new Set(results.map(({ of }) => of))];
  const rows = results.map((result, index) => {
    const { scenario, engine, passed, seconds, load, assessments, of } = result;
    const minimum = Math.min(...assessments.map((assessment) => assessment.minimum ?? Number.POSITIVE_INFINITY));
    const cells = [
      engine,
      passed ? 'passed' : 'FAILED',
      `${seconds} s`,
      load.sent,
      load.lost,
      Number.isFinite(minimum) ? minimum : '–',
      ...(commits.length > 1 ? [escapeHtml(of.slice(0, 8) + of.slice(40))] : []),
    ];
    return `<tr class="${passed ? 'passed' : 'failed'}"><td><a href="#r${index}">${escapeHtml(scenario)}</a></td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>No traffic is lost</title><style>${style}</style></head><body>
<h1>No traffic is lost</h1>
<p>What the entry Services and the clients saw while a real control plane synced the repository. ${commits.length > 1 ? 'The results are of several commits.' : `Commit ${escapeHtml(commits.join())}.`}</p>
<table><tr><th>scenario</th><th>engine</th><th>result</th><th>time</th><th>requests</th><th>lost</th><th>fewest ready endpoints</th>${commits.length > 1 ? '<th>commit</th>' : ''}</tr>${rows.join('\n')}</table>
${results.map(section).join('\n')}
</body></html>
`;
}

function section(result: Result, index: number): string {
  const { scenario, title, engine, passed, problems, load, timelines, assessments, marks, log, startedAt, seconds } =
    result;
  const end = startedAt + seconds * 1000;
  const charts = timelines.map(
    (timeline) =>
      `<h3>${escapeHtml(timeline.service)}</h3>${chart({ timeline, marks, losses: load.losses, from: startedAt, to: end })}`,
  );
  const switches = assessments.flatMap(({ switches: all }) =>
    all.map(
      ({ at, from, to, readyBefore }) =>
        `<li>${seconds1(at - startedAt)}: selector ${escapeHtml(words(from))} → ${escapeHtml(words(to))}, ${readyBefore} ready pods matched it by then</li>`,
    ),
  );
  const gaps = assessments.flatMap(({ service, gaps: all }) =>
    all.map(
      ({ from, to }) =>
        `<li>${seconds1(from - startedAt)}: ${escapeHtml(service)} had no ready endpoint ${to === undefined ? 'to the end' : `for ${seconds1(to - from)}`}</li>`,
    ),
  );
  const requests = `${load.sent} requests (${load.keepAlive} on keep-alive, ${load.newConnection} on new connections), ${load.lost} lost, slowest ${load.slowest} ms`;
  return `<section id="r${index}"><h2 class="${passed ? 'passed' : 'failed'}">${escapeHtml(scenario)}, ${engine}</h2><p>${escapeHtml(title)}.</p>
<p>${requests}</p>
${problems.length === 0 ? '' : `<ul class="problems">${problems.map((problem) => `<li>${escapeHtml(problem)}</li>`).join('')}</ul>`}
${charts.join('\n')}
<ul>${[...switches, ...gaps].join('')}</ul>
<details><summary>Log</summary><pre>${escapeHtml(log.join('\n'))}</pre></details></section>`;
}

function words(selector: Readonly<Record<string, string>>): string {
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function seconds1(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

const style = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 1100px; padding: 0 1rem; color: #1c2733; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dde3ea; }
tr.passed td:nth-child(3) { color: #146c2e; } tr.failed td:nth-child(3), .problems, h2.failed { color: #b3261e; }
h2 { margin-top: 2.5rem; border-top: 1px solid #dde3ea; padding-top: 1rem; } h3 { margin: 1rem 0 .2rem; font-size: 1rem; }
svg { width: 100%; height: auto; background: #fafbfc; border: 1px solid #dde3ea; } svg text { font: 11px system-ui, sans-serif; fill: #45525f; }
pre { background: #f4f6f8; padding: .8rem; overflow: auto; font-size: 12px; }
`;
