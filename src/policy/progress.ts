import { switchesGatewaysOff } from '../catalog/operator-deletions.js';
import { adopted, upgradeOf } from '../model/adopted.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import { clusterOf, revisionOf } from '../model/revision.js';
import { type Phase, phasesOf } from './phases.js';

/** A phase, with its wave where it goes in several (`workloads canary`), or a step of retire. */
export type StepName = string;

/** A phase as a step of an upgrade. */
export function stepName({ name, part = '' }: Phase): StepName {
  return name + part;
}

/** The steps of `retire`, which end an upgrade; gateways of some operators are switched off before they go, and other methods have no operator of their own. */
export function retirementOf(mesh: Mesh, revision: string): readonly StepName[] {
  // What was adopted is taken away by its owner.
  if (revision === adopted) return [];
  const { install } = revisionOf(mesh, revision);
  return [
    ...(switchesGatewaysOff(revisionOf(mesh, revision)) ? ['retire gateway pods'] : []),
    'retire gateways',
    'retire control plane',
    install === 'operator' ? 'retire operator' : 'retire folder',
  ];
}

const reachedBy = {
  'gateway-pods': 'retire gateway pods',
  gateways: 'retire gateways',
  'control-plane': 'retire control plane',
} as const;

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
  const [old, newest] = upgradeOf(cluster);
  if (old === undefined || newest === undefined) return undefined;
  const [begun] = Object.entries(cluster.retiring ?? {});
  const serving = Object.fromEntries(
    Object.entries(cluster.serves).map(([gateway, revisions]) => [gateway, servingOf(revisions, old, newest)]),
  );
  if (begun !== undefined) {
    const [going, gone] = begun;
    const reached = reachedBy[gone];
    const steps = retirementOf(mesh, going);
    return {
      from: going,
      to: going === old ? newest : old,
      reached,
      left: steps.slice(steps.indexOf(reached) + 1),
      serving,
      givenUp: going === newest,
    };
  }
  const phases = phasesOf(mesh);
  const isDone = (phase: Phase) => same(phase.apply(cluster, newest), cluster);
  // A wave whose tags this cluster does not have changes nothing, and is nothing that was reached.
  const done = phases.findLast((phase) => isDone(phase) && !same(phase.undo(cluster, newest, old), cluster));
  return {
    from: old,
    to: newest,
    reached: done === undefined ? 'add' : stepName(done),
    left: [...phases.filter((phase) => !isDone(phase)).map(stepName), ...retirementOf(mesh, old)],
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
