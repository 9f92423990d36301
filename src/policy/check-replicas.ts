import { mostReplicas } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { clusterOf, gatewayRevisions } from '../model/revision.js';

/** A minimum of something that does not run would be a patch without a target, which kustomize passes over in silence; one above the maximum is refused by the cluster. */
export function checkReplicas(mesh: Mesh, name: string): (Problem & { readonly at: readonly string[] })[] {
  const cluster = clusterOf(mesh, name);
  const live = gatewayRevisions(cluster);
  return Object.entries(cluster.minReplicas ?? {}).flatMap(([gateway, revisions]) => {
    const at = ['clusters', name, 'minReplicas', gateway];
    if (mesh.gateways[gateway] === undefined) {
      return [
        {
          at,
          rule: 'unknown-gateway',
          message: `Cluster ${name} has minReplicas of ${gateway}, which gateways does not have.`,
          fix: `Take one of: ${Object.keys(mesh.gateways).join(', ')}`,
        },
      ];
    }
    const most = mostReplicas(mesh, gateway);
    return Object.entries(revisions).flatMap(([revision, fewest]) => [
      ...(live.includes(revision)
        ? []
        : [
            {
              at: [...at, revision],
              rule: 'not-live',
              message: `Cluster ${name} has minReplicas of ${gateway} for ${revision}, whose gateways do not run there.`,
              fix: `Take one of: ${live.join(', ')}`,
            },
          ]),
      // The API server refuses such an autoscaler. The most stays when the least is given back, so that no pod goes with it.
      ...(fewest <= most
        ? []
        : [
            {
              at: [...at, revision],
              rule: 'replicas-range',
              message: `Cluster ${name} has minReplicas ${fewest} of ${gateway} for ${revision}, and its autoscaler makes ${most} pods at most.`,
              fix: `Give it room for growth too: gateways.${gateway}.maxReplicas: ${fewest * 2}`,
            },
          ]),
    ]);
  });
}
