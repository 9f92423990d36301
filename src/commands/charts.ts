import { type Chart, chartKey, type FileSpec, type RenderedCharts } from '../model/file-spec.js';
import { type Problem, Refusal } from '../model/problem.js';
import type { Present } from '../plan/plan-files.js';
import { imagesOf } from '../render/images.js';
import { hashOf } from '../repo/lock.js';

/** The hash of each chart's archive that is rendered in the repository, by its name and version; the lock keeps them. */
export type ChartDigests = Readonly<Record<string, string>>;

/** Has helm render the charts of files that are not there yet, or are made anew. Throws a Refusal where one is not what it should be. */
export async function renderCharts(
  specs: readonly FileSpec[],
  present: Present,
  digests: ChartDigests,
  renewed: ReadonlySet<string>,
): Promise<RenderedCharts> {
  const wanted = new Map<string, Chart>();
  for (const { path, source } of specs) {
    if (source.kind !== 'chart' && source.kind !== 'images') continue;
    const before = present.content(path);
    if (before !== undefined && !renewed.has(path) && hashOf(before) === present.locked.get(path)?.hash) continue;
    for (const chart of 'charts' in source ? source.charts : [source.chart]) wanted.set(chartKey(chart), chart);
  }
  const rendered: [string, Awaited<ReturnType<typeof renderOne>>][] = [];
  for (const [key, chart] of wanted) rendered.push([key, await renderOne(chart)]);
  const problems = rendered.flatMap(([key, { digest, manifests }]) => {
    const chart = wanted.get(key);
    return chart === undefined ? [] : [...checkDigest(chart, digest, digests), ...checkImages(chart, manifests)];
  });
  if (problems.length > 0) throw new Refusal(problems);
  return new Map(rendered);
}

async function renderOne(chart: Chart) {
  // Loaded late: few repositories hold rendered charts.
  const { renderChart } = await import('../helm/render-chart.js');
  return await renderChart(chart);
}

/** The digests that belong to the files of a mesh: those that are known, and those of what was rendered. */
export function digestsOf(specs: readonly FileSpec[], rendered: RenderedCharts, known: ChartDigests): ChartDigests {
  const digests = specs.flatMap(({ source }) => {
    if (source.kind !== 'chart') return [];
    const digest = rendered.get(chartKey(source.chart))?.digest ?? known[nameOf(source.chart)];
    return digest === undefined ? [] : [[nameOf(source.chart), digest] as const];
  });
  return Object.fromEntries(digests.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** A version of a chart is one archive for ever: another one of that name is none that was reviewed. */
function checkDigest(chart: Chart, digest: string, digests: ChartDigests): Problem[] {
  const known = digests[nameOf(chart)];
  if (known === undefined || known === digest) return [];
  return [
    {
      rule: 'chart-changed',
      message: `The chart ${chart.name} ${chart.version} of ${chart.repository} is another one (${digest}) than the one that was rendered before (${known}).`,
      fix: 'Find out why; a mirror must hand out the very archives of Istio',
    },
  ];
}

function checkImages(chart: Chart, manifests: string): Problem[] {
  return imagesOf(manifests)
    .filter((image) => !image.startsWith(`${chart.hub}/`))
    .map((image) => ({
      rule: 'foreign-image',
      message: `The chart ${chart.name} ${chart.version} has the image ${image}, which is not from ${chart.hub}.`,
      fix: 'Take the charts of Istio as they are: charts in istio-prod.yaml names their repository',
    }));
}

function nameOf({ name, version }: Chart): string {
  return `${name}-${version}`;
}
