import type { Cluster, Mesh } from '../model/mesh.js';
import { mergedConfig } from './config.js';
import { merge } from './merge.js';
import { rootNamespace } from './namespaces.js';

/** The mesh configuration, alike for every revision, install method and cluster (istio.io/docs/reference/config/istio.mesh.v1alpha1). */
export function meshConfig(mesh: Mesh): object {
  const always = {
    rootNamespace: rootNamespace(mesh),
    trustDomain: mesh.trustDomain,
    accessLogFile: '/dev/stdout',
    accessLogEncoding: 'JSON',
    outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
    defaultConfig: { holdApplicationUntilProxyStarts: true, proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } },
  };
  return merge(always, mergedConfig(mesh, 'meshConfig'));
}

/** The values that mesh and cluster decide, alike for every live control plane of an install method. */
export function controlPlaneValues(mesh: Mesh, name: string, cluster: Cluster): Record<string, unknown> {
  return merge({ global: identity(mesh, name, cluster) }, mergedConfig(mesh, 'values'));
}

/** The names by which istiod and proxies know mesh, network and cluster. */
export function identity(mesh: Mesh, name: string, { network }: Cluster) {
  return { meshID: mesh.meshId, network, multiCluster: { clusterName: name } };
}
