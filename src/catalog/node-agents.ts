import type { Mesh } from '../model/mesh.js';
import { clusterOf, controlPlaneNamespace, revisionOf } from '../model/revision.js';
import { platforms } from './kinds.js';
import { identity } from './mesh-settings.js';
import type { Platform } from './platforms/platform.js';

/** Whether traffic goes through ztunnel and waypoints, without sidecars (istio.io/docs/ambient). */
export function isAmbient(mesh: Mesh): boolean {
  return mesh.dataPlane === 'ambient';
}

/** The CNI node agent of the mesh: what the platform needs, and what redirects traffic to ztunnel. */
export function nodeAgent(mesh: Mesh): Platform['cni'] {
  const { cni } = platforms[mesh.platform];
  if (!isAmbient(mesh)) return cni;
  return {
    namespace: 'kube-system',
    chartNamespaces: ['kube-system'],
    provider: 'default',
    ...cni,
    values: (version) => ({ ...cni?.values(version), profile: 'ambient' }),
    controlPlaneValues: (version) => {
      const { top, global } = cni?.controlPlaneValues(version) ?? { top: {}, global: {} };
      return { top: { ...top, profile: 'ambient' }, global };
    },
  };
}

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
