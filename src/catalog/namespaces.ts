import { gatewayOf } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import { controlPlaneNamespace } from '../model/revision.js';
import { gatewayKinds } from './kinds.js';

/** The root namespace: mesh-wide configuration lives here (meshConfig.rootNamespace). An adopted mesh keeps the one that it has. */
export function rootNamespace(mesh: Mesh): string {
  return mesh.namespaces.root ?? 'istio-config';
}

/** The namespace of what the chart `base` brings: one that outlives every revision. */
export function baseNamespace(mesh: Mesh): string {
  return mesh.namespaces.controlPlane === 'shared' ? 'istio-system' : rootNamespace(mesh);
}

/** The namespace of a gateway, which is the same in every cluster and for every revision. */
export function gatewayNamespace(mesh: Mesh, gateway: string): string {
  const { kind, namespace, adopted } = gatewayOf(mesh, gateway);
  if (adopted !== undefined) return adopted.namespace;
  if (namespace !== undefined) return namespace;
  return mesh.namespaces.gateways === 'shared' ? 'istio-gateways' : gatewayKinds[kind].dedicatedNamespace;
}

/** The namespaces that hold gateways, each once. */
export function gatewayNamespaces(mesh: Mesh): string[] {
  return [...new Set(Object.keys(mesh.gateways).map((gateway) => gatewayNamespace(mesh, gateway)))];
}

/** The namespaces that hold the control planes of a cluster's revisions, each once. */
export function controlPlaneNamespaces(mesh: Mesh, revisions: readonly string[]): string[] {
  return [...new Set(revisions.map((revision) => controlPlaneNamespace(mesh, revision)))];
}

/** Every namespace in which these revisions, which are by the operator, have an IstioOperator: control planes first, then gateways. */
export function operatedNamespaces(mesh: Mesh, revisions: readonly string[]): string[] {
  return [...new Set([...controlPlaneNamespaces(mesh, revisions), ...gatewayNamespaces(mesh)])];
}
