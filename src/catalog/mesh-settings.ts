import type { Cluster, Mesh } from '../model/mesh.js';
import { rootNamespace } from './namespaces.js';
import { minorFor } from './versions.js';

/** The mesh configuration, alike for every revision, install method and cluster (istio.io/docs/reference/config/istio.mesh.v1alpha1). */
export function meshConfig(mesh: Mesh): object {
  return {
    rootNamespace,
    trustDomain: mesh.trustDomain,
    accessLogFile: '/dev/stdout',
    accessLogEncoding: 'JSON',
    outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
    defaultConfig: { holdApplicationUntilProxyStarts: true, proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } },
  };
}

/** The names by which istiod and proxies know mesh, network and cluster. */
export function identity(mesh: Mesh, name: string, { network }: Cluster): object {
  return { meshID: mesh.meshId, network, multiCluster: { clusterName: name } };
}

/** The apiVersion of Istio's own resources of a group, in the newest version that every revision of the mesh knows. */
export function istioApi(mesh: Mesh, group: 'networking.istio.io' | 'security.istio.io'): string {
  const known = Object.values(mesh.revisions).every(({ version }) => minorFor(version).api === 'v1');
  return `${group}/${known ? 'v1' : 'v1beta1'}`;
}
