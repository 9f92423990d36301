import type { Cluster, Mesh } from '../model/mesh.js';
import { rootNamespace } from './namespaces.js';

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
export function identity(mesh: Mesh, name: string, { network }: Cluster) {
  return { meshID: mesh.meshId, network, multiCluster: { clusterName: name } };
}
