import type { Cluster, Mesh } from '../model/mesh.js';
import { clusterOf } from '../model/revision.js';
import { type PhaseName, phasesOf } from './phases.js';

/** The steps of `retire`, which end an upgrade. */
export const retirementSteps = ['retire gateways', 'retire control plane', 'retire operator'] as const;
export type StepName = PhaseName | (typeof retirementSteps)[number];

/** Which revisions an entry Service selects: of an upgrade the old one, both, or the new one. */
export type Serving = 'old' | 'both' | 'new';

/** How far the upgrade of one cluster is. */
export interface Progress {
  /** The revision that goes, and the one that stays; where a new revision was given up, the old one stays. */
  readonly from: string;
  readonly to: string;
  /** The last step that was carried out: `add`, once it has begun. */
  readonly reached: StepName;
  /** The steps that are left, in their order; the upgrade ends with the last. */
  readonly left: readonly StepName[];
  /** Per gateway, where its entry Service is. */
  readonly serving: Readonly<Record<string, Serving>>;
  /** Whether the new revision was given up (`rollback --broken`). */
  readonly givenUp: boolean;
}

/** How far a cluster's upgrade is, as the repository has it; undefined where none is under way. It follows from the mesh and is not stored. */
export function progressOf(mesh: Mesh, name: string): Progress | undefined {
  const cluster = clusterOf(mesh, name);
  const [old, newest] = cluster.revisions;
  if (old === undefined || newest === undefined) return undefined;
  const going = Object.keys(cluster.retiring ?? {})[0];
  const serving = Object.fromEntries(
    Object.entries(cluster.serves).map(([gateway, revisions]) => [gateway, servingOf(revisions, old, newest)]),
  );
  if (going !== undefined) {
    const taken = cluster.retiring?.[going] === 'gateways' ? 1 : 2;
    return {
      from: going,
      to: going === old ? newest : old,
      reached: retirementSteps[taken - 1] ?? retirementSteps[0],
      left: retirementSteps.slice(taken),
      serving,
      givenUp: going === newest,
    };
  }
  const undone = phasesOf(mesh)
    .filter((phase) => !same(phase.apply(cluster, newest), cluster))
    .map((phase) => phase.name);
  const done = phasesOf(mesh).filter(({ name: phase }) => !undone.includes(phase));
  return {
    from: old,
    to: newest,
    reached: done.at(-1)?.name ?? 'add',
    left: [...undone, ...retirementSteps],
    serving,
    givenUp: false,
  };
}

function servingOf(revisions: readonly string[], old: string, newest: string): Serving {
  if (!revisions.includes(old)) return 'new';
  return revisions.includes(newest) ? 'both' : 'old';
}

function same(one: Cluster, other: Cluster): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
