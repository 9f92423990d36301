import { protectServingGateways } from '../catalog/admission/protect-serving-gateways.js';
import { refuseUninjectedGateways } from '../catalog/admission/refuse-uninjected-gateways.js';
import { type FileSpec, fromObject } from '../model/file-spec.js';
import { kustomization } from '../model/kustomization.js';
import type { Contribution } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';

const folder = 'bases/admission';

/** What the API server refuses, where the mesh wants that; alike in every cluster. */
export function admissionBase(mesh: Mesh): FileSpec[] {
  if (!mesh.admissionPolicies) return [];
  const policies = [refuseUninjectedGateways(mesh), ...protectServingGateways(mesh)];
  const resources = policies.map(({ path }) => path.replace(`${folder}/`, ''));
  return [fromObject(`${folder}/kustomization.yaml`, 'managed', kustomization({ resources })), ...policies];
}

/** They are there before the first gateway is. */
export function admissionContributions(mesh: Mesh): Contribution[] {
  return mesh.admissionPolicies ? [{ layer: '3-control-planes', resources: [folder] }] : [];
}
