import type { Cluster, Mesh } from './mesh.js';

/** The name of a revision: its version as a DNS-1123 label, 1.10.3 → 1-10-3 (dots are refused by every Istio). */
export function revisionName(version: string): string {
  return version.replaceAll(/[.+]/g, '-');
}

/** The value of the label `version`, which entry Services select: 1.10.3 → 1_10_3. In YAML it must be quoted: unquoted it is a number. */
export function versionLabel(version: string): string {
  return version.replaceAll(/[.+]/g, '_');
}

/** The namespace of a revision's istiod. */
export function controlPlaneNamespace(mesh: Mesh, revision: string): string {
  return mesh.namespaces.controlPlane === 'shared' ? 'istio-system' : `istio-system-${revision}`;
}

/** What Istio puts behind the name of an object of a revision: nothing for the one without a name of its own. */
export function revisionSuffix(revision: string): string {
  return revision === 'default' ? '' : `-${revision}`;
}

/** The name of an object that is for the whole cluster: Istio's charts and operators add the namespace of its istiod, unless that is istio-system. */
export function clusterWideName(name: string, namespace: string): string {
  return namespace === '' || namespace === 'istio-system' ? name : `${name}-${namespace}`;
}

/** The injector of a control plane. */
export function injectorName(revision: string, namespace: string): string {
  return clusterWideName(`istio-sidecar-injector${revisionSuffix(revision)}`, namespace);
}

/** The revision of that name; a mesh that passed `checkMesh` names no other. */
export function revisionOf(mesh: Mesh, name: string): Mesh['revisions'][string] {
  const revision = mesh.revisions[name];
  if (revision === undefined) throw new Error(`The mesh has no revision ${name}`);
  return revision;
}

/** The cluster of that name; a mesh that passed `checkMesh` names no other. */
export function clusterOf(mesh: Mesh, name: string): Mesh['clusters'][string] {
  const cluster = mesh.clusters[name];
  if (cluster === undefined) throw new Error(`The mesh has no cluster ${name}`);
  return cluster;
}

/** The revisions whose gateways run in a cluster: a revision that retires loses them first. */
export function gatewayRevisions(cluster: Cluster): string[] {
  return cluster.revisions.filter((revision) => cluster.retiring?.[revision] === undefined);
}

/** The revisions whose gateways are switched off: their IstioOperators are still in the cluster, and their pods are gone. */
export function switchedOffRevisions(cluster: Cluster): string[] {
  return cluster.revisions.filter((revision) => cluster.retiring?.[revision] === 'gateway-pods');
}

/** The revisions whose control plane runs in a cluster: a revision that retires loses it second, and its operator last. */
export function controlPlaneRevisions(cluster: Cluster): string[] {
  return cluster.revisions.filter((revision) => cluster.retiring?.[revision] !== 'control-plane');
}
