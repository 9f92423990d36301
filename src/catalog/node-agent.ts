import type { Mesh } from '../model/mesh.js';
import { chainedAgent } from './chained-agent.js';
import { platforms } from './kinds.js';
import type { NodeAgent } from './platforms/platform.js';

/** The CNI node agent of a mesh: where the platform cannot do without it, or the mesh asks for it. */
export function nodeAgent(mesh: Pick<Mesh, 'platform' | 'cni'>): NodeAgent | undefined {
  const { cni } = platforms[mesh.platform];
  return cni?.required || mesh.cni ? (cni ?? chainedAgent()) : undefined;
}
