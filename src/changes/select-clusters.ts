import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { firstOf } from '../model/words.js';

/** Every name that is no cluster of the mesh. */
export function unknownClusters(mesh: Mesh, clusters: readonly string[]): Problem[] {
  return clusters
    .filter((name) => !Object.hasOwn(mesh.clusters, name))
    .map((name) => ({
      rule: 'unknown-cluster',
      message: `The mesh has no cluster ${name}.`,
      fix: `Take one of: ${Object.keys(mesh.clusters).join(', ')}`,
    }));
}

/** The clusters that differ between two meshes, in words: at most eight by name. */
export function changedClusters(before: Mesh, after: Mesh): string {
  const names = Object.keys(after.clusters).filter(
    (name) => JSON.stringify(before.clusters[name]) !== JSON.stringify(after.clusters[name]),
  );
  return firstOf(names, 8);
}
