import { configItems } from '../catalog/config.js';
import { nodeAgent } from '../catalog/node-agent.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/**
 * Rendered manifests are frozen with the settings of mesh and cluster in them: an edit of these would be without effect
 * there, and revisions that differ in them would not trust each other, or would not see the same services.
 */
export function checkRendered(before: Mesh, after: Mesh): Problem[] {
  const rendered = Object.keys(before.revisions).filter((name) => before.revisions[name]?.charts === 'rendered');
  if (rendered.length === 0) return [];
  const keys = [
    ...(['meshId', 'trustDomain'] as const).filter((key) => before[key] !== after[key]),
    ...(nodeAgent(before) === undefined && nodeAgent(after) !== undefined ? ['cni'] : []),
    ...Object.keys(after.clusters)
      .filter((name) => before.clusters[name] !== undefined)
      .filter((name) => before.clusters[name]?.network !== after.clusters[name]?.network)
      .map((name) => `clusters.${name}.network`),
    ...Object.keys(configItems)
      .filter((name) => controlPlanePart(before, name) !== controlPlanePart(after, name))
      .map((name) => `config.${name}`),
  ];
  return keys.map((key) => ({
    rule: 'settled',
    message: `${key} of istio-prod.yaml has changed, and the manifests of ${rendered.join(' and ')} were rendered with it.`,
    fix: 'Put it back as it was; it can change when no revision is rendered',
  }));
}

/** What an item of configuration says to control planes, as text; "" where it is not there or says nothing to them. */
function controlPlanePart(mesh: Mesh, name: string): string {
  const settings = mesh.config[name];
  if (settings === undefined) return '';
  const { meshConfig, values } = configItems[name]?.parts(mesh, settings) ?? {};
  return meshConfig === undefined && values === undefined ? '' : JSON.stringify([meshConfig, values]);
}
