import type { Mesh } from './mesh.js';

/** The first of some names, and how many more there are: `a, b and 3 more`. */
export function firstOf(names: readonly string[], most: number): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return names.slice(0, most).join(', ') + more;
}

/** The option that keeps a command to one cluster; empty where there is no other. */
export function only({ clusters }: Mesh, name: string): string {
  return Object.keys(clusters).length > 1 ? ` --cluster ${name}` : '';
}
