import type { Mesh } from '../model/mesh.js';
import { clusterOf, controlPlaneNamespace, revisionOf } from '../model/revision.js';
import { identity } from './mesh-settings.js';

/** Where ztunnel runs: with the node agent. istiod must be told, or it gives it no certificates of other workloads. */
export const ztunnelNamespace = 'kube-system';

/**
 * The values of ztunnel, which talks to the istiod of a revision. An old one finishes its connections for as long as the grace
 * period lets it; its name is the one that istiod trusts (the default of 1.25 was another).
 */
export function ztunnelValues(mesh: Mesh, cluster: string, revision: string): object {
  const { network, multiCluster } = identity(mesh, cluster, clusterOf(mesh, cluster));
  return {
    hub: mesh.hub,
    tag: revisionOf(mesh, revision).version,
    revision,
    istioNamespace: controlPlaneNamespace(mesh, revision),
    network,
    multiCluster,
    resourceName: 'ztunnel',
    terminationGracePeriodSeconds: 300,
  };
}
