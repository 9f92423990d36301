/**
 * Who owns an emitted file.
 *
 * managed: ours, rendered from the mesh at every run. frozen: written once per revision, deleted by retire, never
 * rendered again, so that a new release of this package cannot alter a control plane in production; but for rendered
 * charts whose values a person changes (`src/plan/renewed.ts`). seeded: written once, then the team's.
 */
export type Ownership = 'managed' | 'frozen' | 'seeded';

/** One emitted file: where it is, whose it is, and what it is made of. */
export interface FileSpec {
  /** Relative to the repository's root, with forward slashes. */
  readonly path: string;
  readonly ownership: Ownership;
  readonly source:
    | { readonly kind: 'template'; readonly template: string; readonly data: object }
    | { readonly kind: 'yaml'; readonly object: object }
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'chart' | 'values'; readonly chart: Chart }
    | { readonly kind: 'images'; readonly charts: readonly Chart[] };
}

/** A chart of a repository with all that decides what its manifests are. */
export interface Chart {
  /** The URL of the chart repository. */
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** The name of the release, which some objects carry. */
  readonly release: string;
  readonly namespace: string;
  /** The Kubernetes version that it is rendered for: 1.32. */
  readonly kubernetes: string;
  readonly values: object;
  /** The registry that all of its images must be from. */
  readonly hub: string;
}

/** What helm made of a chart. */
export interface RenderedChart {
  /** The hash of the chart's archive, as `sha256:…`. */
  readonly digest: string;
  /** All of its objects, as YAML documents. */
  readonly manifests: string;
}

/** What helm made of charts, by `chartKey`. */
export type RenderedCharts = ReadonlyMap<string, RenderedChart>;

/** What tells one rendering from another. */
export function chartKey(chart: Chart): string {
  return JSON.stringify(chart);
}

/** A file from a template, whose name is the emitted path with `__repeated__` parts, plus `.ejs`. */
export function fromTemplate(path: string, ownership: Ownership, template: string, data: object): FileSpec {
  return { path, ownership, source: { kind: 'template', template: `${template}.ejs`, data } };
}

/** A YAML file that is a list or a small object: it needs no template. */
export function fromObject(path: string, ownership: Ownership, object: object): FileSpec {
  return { path, ownership, source: { kind: 'yaml', object } };
}

/** A file whose text is made elsewhere: the lock, the schema, a JSON patch. */
export function fromText(path: string, ownership: Ownership, text: string): FileSpec {
  return { path, ownership, source: { kind: 'text', text } };
}

/** The manifests of a chart, frozen: helm renders them where they are not there yet. */
export function fromChart(path: string, chart: Chart): FileSpec {
  return { path, ownership: 'frozen', source: { kind: 'chart', chart } };
}

/** The values that a chart is rendered with, beside its manifests. */
export function fromValues(path: string, chart: Chart): FileSpec {
  return { path, ownership: 'frozen', source: { kind: 'values', chart } };
}
