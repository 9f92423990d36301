import type { FileSpec } from '../model/file-spec.js';
import type { Mesh } from '../model/mesh.js';
import { layout } from './layout.js';

/**
 * The frozen files that a change of the mesh makes anew: the manifests of rendered charts whose values it changes, the values
 * beside them, and the list of images where the hub is another one. `before` is the mesh that was written last.
 *
 * Both meshes are laid out by this release, so what a new release does otherwise is none of the difference.
 */
export function renewedFiles(before: Mesh | undefined, after: Mesh): ReadonlySet<string> {
  if (before === undefined || !Object.values(after.revisions).some(({ charts }) => charts === 'rendered'))
    return new Set();
  const former = new Map(layout(before).map((spec) => [spec.path, inputOf(spec)]));
  const changed = layout(after).filter((spec) => {
    const input = inputOf(spec);
    return input !== undefined && (former.get(spec.path) ?? input) !== input;
  });
  return new Set(changed.map(({ path }) => path));
}

/** What a file of a revision that is made of charts follows from; undefined for every other file. */
function inputOf({ path, source }: FileSpec): string | undefined {
  if (!path.startsWith('revisions/')) return undefined;
  if (source.kind === 'images') return source.charts.map(({ hub }) => hub).join();
  return source.kind === 'chart' || source.kind === 'values' ? JSON.stringify(source.chart.values) : undefined;
}
