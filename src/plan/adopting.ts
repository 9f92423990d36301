import type { FileSpec } from '../model/file-spec.js';
import type { Mesh } from '../model/mesh.js';

export function adoptingGuide(_mesh: Mesh): FileSpec[] {
  return [];
}
