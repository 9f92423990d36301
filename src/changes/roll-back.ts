import { upgradeOf } from '../model/adopted.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf } from '../model/revision.js';
import { stagesOf } from '../policy/phases.js';
import { changedClusters, onlyChanged, unknownClusters } from './select-clusters.js';
import { checkedSteps, type Outcome, type Step } from './step.js';

/** What a person asks of `rollback`. */
export interface RollbackRequest {
  /** Left out: all clusters. */
  readonly clusters?: readonly string[] | undefined;
  /** Every phase back to `add`, not only the last one. */
  readonly all: boolean;
}

/**
 * Goes back one phase, or all: each the reverse edit of the phase, in the reverse order, a commit each; a restart after its tag.
 *
 * The default and the validator go first, and the old gateways serve again before the new ones stop. What `add` brought
 * stays, dark: it goes by `retire`, since an operator must outlive what it made.
 */
export function rollBack(mesh: Mesh, { clusters = Object.keys(mesh.clusters), all }: RollbackRequest): Outcome {
  const unknown = unknownClusters(mesh, clusters);
  if (unknown.length > 0) return { problems: unknown };
  const gone = clusters.filter((name) => Object.keys(clusterOf(mesh, name).retiring ?? {}).length > 0);
  if (gone.length > 0) {
    return {
      problems: gone.map((name) => ({
        rule: 'already-retiring',
        message: `Cluster ${name} retires ${Object.keys(clusterOf(mesh, name).retiring ?? {}).join(', ')}: what it would go back to is not all there.`,
        fix: 'Take the revision out of retiring in istio-prod.yaml, run yo istio-prod, wait until it is ready, and roll back then',
      })),
    };
  }
  const steps: Step[] = [];
  let current = mesh;
  for (const stage of stagesOf(mesh).toReversed()) {
    for (const phase of stage) {
      const changed = { ...current.clusters };
      for (const name of clusters) {
        const cluster = clusterOf(current, name);
        const [old, revision] = upgradeOf(cluster);
        if (old !== undefined && revision !== undefined) changed[name] = phase.undo(cluster, revision, old);
      }
      const next = { ...current, clusters: changed };
      if (JSON.stringify(next) === JSON.stringify(current)) continue;
      const said = onlyChanged(current, next);
      steps.push({
        name: `rollback-${phase.name}`,
        mesh: next,
        title: `Istio: roll back ${phase.name}${phase.part ?? ''}`,
        body: `${phase.explainsUndo?.(said) ?? `The reverse edit of the phase ${phase.name}: what it changed is as it was before it.`}\n\nClusters: ${changedClusters(current, next)}`,
        before: (phase.beforeUndo ?? phase.before)(said),
      });
      current = next;
    }
    if (!all && steps.length > 0) break;
  }
  return checkedSteps(steps);
}
