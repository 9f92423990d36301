import { platforms } from '../catalog/kinds.js';
import type { Soak } from '../catalog/soak.js';
import type { Mesh } from '../model/mesh.js';

/** The least time to wait after a phase of this mesh, as the beginning of a sentence. */
export function wait(mesh: Mesh, phase: keyof Soak): string {
  const minutes = Math.ceil(platforms[mesh.platform].soak[phase] / 60);
  return `Wait at least ${minutes} minute${minutes === 1 ? '' : 's'} after this is synced`;
}
