import type { Mesh } from '../model/mesh.js';
import { minorFor } from './versions.js';

const before = {
  'networking.istio.io': 'v1beta1',
  'security.istio.io': 'v1beta1',
  'telemetry.istio.io': 'v1alpha1',
} as const;

/**
 * The apiVersion of Istio's own resources: v1 where every revision of the mesh serves it, which is from 1.22 on
 * (istio.io/blog/2024/v1-apis). Later versions serve the older one as well, so it is right while both are live.
 */
export function istioApi(mesh: Mesh, group: keyof typeof before): string {
  const known = Object.values(mesh.revisions).every(({ version }) => minorFor(version).api === 'v1');
  return `${group}/${known ? 'v1' : before[group]}`;
}
