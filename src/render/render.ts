import { readFileSync } from 'node:fs';
import ejs from 'ejs';
import { type Chart, chartKey, type FileSpec, type Ownership, type RenderedCharts } from '../model/file-spec.js';
import { packageRoot } from '../package.js';
import { imagesOf, withInjected } from './images.js';
import { toBlock, toScalar, toYaml } from './yaml.js';

/** An emitted file with its content. */
export interface RenderedFile {
  readonly path: string;
  readonly ownership: Ownership;
  readonly content: string;
}

type Template = (data: object) => string;
const templates = new Map<string, Template>();

/** Where templates/ and overlays/ are. */
const root = packageRoot();

/**
 * The content of one file; the first line of a managed or frozen YAML or Markdown file says whose it is.
 *
 * What helm made of charts must be there for the files that hold it.
 */
export function render({ path, ownership, source }: FileSpec, charts?: RenderedCharts): RenderedFile {
  return { path, ownership, content: firstLine(path, ownership, source.kind) + textOf(source, charts) };
}

function textOf(source: FileSpec['source'], charts: RenderedCharts | undefined): string {
  switch (source.kind) {
    case 'template':
      return template(source.template)({ ...source.data, yaml: toBlock });
    case 'yaml':
      return toYaml(source.object);
    case 'values':
      return toYaml(source.chart.values);
    case 'text':
      return source.text;
    case 'chart': {
      const { name, version } = source.chart;
      const { digest, manifests } = renderedChart(source.chart, charts);
      return `# What helm made of the chart ${name} ${version} (${digest}) with the values beside it.\n${manifests}`;
    }
    case 'images': {
      const found = source.charts.flatMap((chart) => imagesOf(renderedChart(chart, charts).manifests));
      return `${[...new Set(found.flatMap(withInjected))].toSorted().join('\n')}\n`;
    }
  }
}

function renderedChart(chart: Chart, charts: RenderedCharts | undefined) {
  const rendered = charts?.get(chartKey(chart));
  if (rendered === undefined) throw new Error(`The chart ${chart.name} ${chart.version} was not rendered`);
  return rendered;
}

/** A template, compiled once. `<%= %>` writes a YAML scalar in YAML; in Markdown, templates use `<%- %>`. */
function template(name: string): Template {
  let compiled = templates.get(name);
  if (compiled === undefined) {
    const text = readFileSync(`${root}/${name}`, 'utf8');
    compiled = ejs.compile(text, { filename: name, escape: toScalar }) as Template;
    templates.set(name, compiled);
  }
  return compiled;
}

const owners: Readonly<Record<Ownership, string>> = {
  managed:
    'Managed: rendered from istio-prod.yaml by "yo istio-prod". Your own changes go to clusters/<cluster>/custom/.',
  frozen:
    'Frozen: written once for this revision and never rendered again. Your own changes go to clusters/<cluster>/custom/.',
  seeded: 'Yours: written once, never touched again.',
};

const ofCharts =
  'Frozen: rendered for this revision, and anew only where istio-prod.yaml changes its values. Your own changes go to clusters/<cluster>/custom/.';

function firstLine(path: string, ownership: Ownership, kind: FileSpec['source']['kind']): string {
  const owner = kind === 'chart' || kind === 'values' ? ofCharts : owners[ownership];
  if (path.endsWith('.md')) return `<!-- ${owner} -->\n`;
  return /\.ya?ml$/.test(path) ? `# ${owner}\n` : '';
}
