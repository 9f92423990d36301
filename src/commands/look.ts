import { unknownClusters } from '../changes/select-clusters.js';
import { liveMesh } from '../cluster/live-mesh.js';
import { type Purpose, readSnapshot } from '../cluster/read-snapshot.js';
import type { Snapshot } from '../cluster/snapshot.js';
import type { Mesh } from '../model/mesh.js';
import { type Problem, Refusal } from '../model/problem.js';
import type { Options } from './options.js';

/** A cluster of the mesh, and what it looked like. */
export interface Look {
  readonly cluster: string;
  readonly snapshot: Snapshot;
}

/**
 * Looks at the cluster behind `--context`; undefined where none was given.
 *
 * Throws a Refusal where it is not clear which cluster of the mesh that is, or where the cluster says it is another one.
 */
export async function lookAt(mesh: Mesh, options: Options, purpose: Purpose = 'status'): Promise<Look | undefined> {
  const context = options.given['context'];
  if (context === undefined) return undefined;
  const cluster = meant(mesh, options, context);
  const snapshot = await readSnapshot(context, mesh, purpose);
  const { clusterId } = liveMesh(mesh, cluster, snapshot);
  if (clusterId === null || clusterId === cluster) return { cluster, snapshot };
  throw refused({
    rule: 'wrong-cluster',
    message: `The control planes behind context ${context} say that their cluster is ${clusterId}, not ${cluster}.`,
    fix: 'Take the context of that cluster (kubectl config get-contexts), or say which cluster of the mesh it is: --cluster NAME',
  });
}

/** The cluster of the mesh that a context is: the one of --cluster, or the only one. */
function meant(mesh: Mesh, options: Options, context: string): string {
  const [name, ...more] = options.lists['cluster'] ?? Object.keys(mesh.clusters);
  if (name === undefined || more.length > 0) {
    throw refused({
      rule: 'invalid-option',
      message: `--context ${context} is one cluster, and it is not clear which of the mesh: ${[name, ...more].join(', ')}.`,
      fix: `Add --cluster ${name}`,
    });
  }
  const [problem] = unknownClusters(mesh, [name]);
  if (problem !== undefined) throw refused(problem);
  return name;
}

function refused(problem: Problem): Refusal {
  return new Refusal([problem]);
}
