import { mostReplicas } from './gateway.js';
import { own } from './maps.js';
import type { Cluster, Mesh } from './mesh.js';
import { clusterOf } from './revision.js';

/** What a gateway's autoscaler must be told, so that a revision keeps a number of pods; left out: it has that already. */
export interface ScaleUp {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
}

/** What it takes in the mesh to have that many pods of a revision of a gateway in a cluster. What is there is never lowered. */
export function scaleUpTo(mesh: Mesh, cluster: string, gateway: string, revision: string, pods: number): ScaleUp {
  const least = own(own(clusterOf(mesh, cluster).minReplicas ?? {}, gateway) ?? {}, revision) ?? 0;
  return {
    ...(least < pods ? { minReplicas: pods } : {}),
    // Room for growth, too.
    ...(mostReplicas(mesh, gateway) < pods ? { maxReplicas: pods * 2 } : {}),
  };
}

/** The cluster with those of the raised minima that stay. */
export function keepMinReplicas(cluster: Cluster, stays: (gateway: string, revision: string) => boolean): Cluster {
  const { minReplicas = {}, ...rest } = cluster;
  const kept = Object.entries(minReplicas).flatMap(([gateway, revisions]) => {
    const left = Object.entries(revisions).filter(([revision]) => stays(gateway, revision));
    return left.length === 0 ? [] : [[gateway, Object.fromEntries(left)] as const];
  });
  return kept.length === 0 ? rest : { ...cluster, minReplicas: Object.fromEntries(kept) };
}
