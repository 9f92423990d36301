import type { Mesh } from '../../src/model/mesh.js';

/** A mesh to break: a deep copy whose values may be written. */
export type Draft = Mutable<Mesh>;
type Mutable<T> = { -readonly [key in keyof T]: Mutable<T[key]> };

/** A copy of a mesh with an edit. */
export function edited(mesh: Mesh, edit: (draft: Draft) => void): Mesh {
  const draft = structuredClone(mesh) as Draft;
  edit(draft);
  return draft as Mesh;
}

/** The value of a key that must be there. */
export function of<T>(map: Record<string, T>, key: string): T {
  const value = map[key];
  if (value === undefined) throw new Error(`There is no ${key}`);
  return value;
}
