import type { Mesh } from '../model/mesh.js';

/** Where the Sail Operator itself lives. */
export const sailNamespace = 'sail-operator';

/** The repository of its chart: its own (README of github.com/istio-ecosystem/sail-operator), or your mirror of it. */
export function sailCharts(mesh: Mesh): string {
  return mesh.sail?.charts ?? 'https://istio-ecosystem.github.io/sail-operator';
}

/** Whether the operator runs in a cluster of the mesh. */
export function usesSail(mesh: Mesh): boolean {
  return Object.values(mesh.clusters).some(({ sail }) => sail !== undefined);
}
