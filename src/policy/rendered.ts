import { nodeAgent } from '../catalog/node-agent.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/**
 * The manifests of a live revision are rendered anew with the settings of mesh and cluster. With the node agent they would
 * leave the redirection to an agent that is not on every node yet.
 */
export function checkRendered(before: Mesh, after: Mesh): Problem[] {
  const rendered = Object.keys(before.revisions).filter((name) => before.revisions[name]?.charts === 'rendered');
  if (rendered.length === 0 || nodeAgent(before) !== undefined || nodeAgent(after) === undefined) return [];
  return [
    {
      rule: 'settled',
      message: `cni of istio-prod.yaml has changed, and the manifests of ${rendered.join(' and ')} were rendered without it.`,
      fix: 'Take it back; it can change when no revision is rendered',
    },
  ];
}
