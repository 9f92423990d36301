import { type Chart, chartKey, type FileSpec, type RenderedCharts } from '../../src/model/file-spec.js';
import { render } from '../../src/render/render.js';

/**
 * A file of a mesh, with a small object in the place of what helm makes of a chart.
 *
 * For laws of planning, which ask nothing of the content. What the real helm makes is looked at in test/helm and in
 * test/emitted/rendered-charts.test.ts.
 */
export function contentOf(spec: FileSpec): string {
  return render(spec, standIns(spec)).content;
}

function standIns({ source }: FileSpec): RenderedCharts {
  const charts = source.kind === 'chart' ? [source.chart] : source.kind === 'images' ? source.charts : [];
  return new Map(charts.map((chart) => [chartKey(chart), { digest: 'sha256:0', manifests: standIn(chart) }]));
}

function standIn({ release, namespace }: Chart): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${release}\n  namespace: ${namespace}\n`;
}
