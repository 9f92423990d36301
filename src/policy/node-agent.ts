import { nodeAgent } from '../catalog/node-agent.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/** A revision that was written with the agent leaves the redirection to it: without it, new pods would bypass their sidecars. */
export function checkNodeAgent(before: Mesh, after: Mesh): Problem[] {
  if (nodeAgent(before) === undefined || nodeAgent(after) !== undefined) return [];
  return [
    {
      rule: 'node-agent',
      message:
        'The CNI node agent would go, and pods of the revisions that count on it would start without their redirection.',
      fix: 'Put cni: true back; the agent stays for as long as the mesh has such a revision',
    },
  ];
}
