import { loadAll } from 'js-yaml';
import { minorFor } from '../../src/catalog/versions.js';
import { renderChart } from '../../src/helm/render-chart.js';
import {
  type Chart,
  chartKey,
  type FileSpec,
  type RenderedChart,
  type RenderedCharts,
} from '../../src/model/file-spec.js';
import type { Built } from '../support/kubectl.js';
import { inTurn } from './build.js';

const asked = new Map<string, Promise<RenderedChart>>();

/** What the real helm makes of a chart, asked for once. */
function rendered(chart: Chart): Promise<RenderedChart> {
  const key = chartKey(chart);
  const known = asked.get(key) ?? inTurn(() => renderChart(chart));
  asked.set(key, known);
  return known;
}

/** The charts that are manifests in a repository, rendered. */
export async function renderedIn(specs: readonly FileSpec[]): Promise<RenderedCharts> {
  const charts = specs.flatMap(({ source }) =>
    source.kind === 'chart' ? [source.chart] : source.kind === 'images' ? source.charts : [],
  );
  return new Map(await Promise.all(charts.map(async (chart) => [chartKey(chart), await rendered(chart)] as const)));
}

/** The objects that a Helm release brings. */
export async function madeBy(release: Chart): Promise<readonly Built[]> {
  return loadAll((await rendered(release)).manifests) as Built[];
}

/** The Helm releases of Istio's charts among built objects, of either engine; `repositories` are Flux's, by name. */
export function releasesIn(objects: readonly Built[], repositories: ReadonlyMap<string, string>): Chart[] {
  return objects.flatMap(({ kind, metadata, spec }): Chart[] => {
    if (kind === 'HelmRelease') {
      const { chart, version, sourceRef } = spec.chart.spec;
      const repository = repositories.get(sourceRef.name) ?? `${sourceRef.name} is no HelmRepository`;
      return release(repository, chart, version, spec.releaseName, metadata.namespace, spec.values);
    }
    if (kind === 'Application') {
      const { repoURL, chart, targetRevision, helm } = spec.source;
      return release(repoURL, chart, targetRevision, helm.releaseName, spec.destination.namespace, helm.valuesObject);
    }
    return [];
  });
}

function release(
  repository: string,
  name: string,
  version: string,
  releaseName: string,
  namespace: string,
  values: object,
): Chart[] {
  // The operator's own chart is none of Istio's; what is asked of it is in test/emitted/charts.test.ts.
  if (name === 'sail-operator') return [];
  const kubernetes = minorFor(version).kubernetes[0];
  return [{ repository, name, version, release: releaseName, namespace, kubernetes, values, hub: '' }];
}
