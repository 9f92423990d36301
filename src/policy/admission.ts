import { minorFor, since } from '../catalog/versions.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/** Admission policies need Kubernetes 1.30: where it lacks them, the layer before the gateways would fail for ever. */
export function checkAdmission(mesh: Mesh): (Problem & { readonly at: readonly string[] })[] {
  if (!mesh.admissionPolicies) return [];
  return Object.values(mesh.revisions)
    .filter(({ version }) => !since(`${minorFor(version).kubernetes[1]}.0`, '1.30'))
    .map(({ version }) => ({
      at: ['admissionPolicies'],
      rule: 'admission-kubernetes',
      message: `Admission policies need Kubernetes 1.30 or later, and Istio ${version} is supported up to ${minorFor(version).kubernetes[1]}.`,
      fix: 'Set admissionPolicies: false until that version is retired',
    }));
}
