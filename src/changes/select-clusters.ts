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

/** A mesh with those of its clusters alone that differ from before: what a commit says is true of these, and of no other. */
export function onlyChanged(before: Mesh, after: Mesh): Mesh {
  const changed = Object.entries(after.clusters).filter(
    ([name, cluster]) => JSON.stringify(before.clusters[name]) !== JSON.stringify(cluster),
  );
  return { ...after, clusters: Object.fromEntries(changed) };
}

/** The clusters that differ between two meshes, in words: at most eight by name. */
export function changedClusters(before: Mesh, after: Mesh): string {
  return firstOf(Object.keys(onlyChanged(before, after).clusters), 8);
}
