import type { Mesh } from '../model/mesh.js';
import { platforms } from './kinds.js';

/** Values of istiod that every chart takes under `pilot` (from 1.24 they are also taken without). */
export const pilotValues = {
  autoscaleEnabled: true,
  autoscaleMin: 2,
  autoscaleMax: 5,
  cpu: { targetAverageUtilization: 60 },
  resources: { requests: { cpu: '500m', memory: '2Gi' }, limits: { memory: '4Gi' } },
} as const;

/** The values of the chart of the CNI node agent, where the platform needs one. */
export function cniValues(mesh: Mesh, version: string): object {
  const { global, ...values } = platforms[mesh.platform].cni?.values(version) ?? {};
  return { ...values, global: { hub: mesh.hub, tag: version, ...global } };
}
