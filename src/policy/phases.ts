import { definitionsByChart } from '../catalog/definitions.js';
import { isAmbient, nodeAgent } from '../catalog/node-agent.js';
import { adopted } from '../model/adopted.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import { keepMinReplicas } from '../model/replicas.js';
import { gatewayRevisions, revisionOf } from '../model/revision.js';
import { restartedForTags } from './restarts.js';
import { wait } from './soak.js';
import { afterMove, afterRestart, type Wave, wavesOf } from './waves.js';

/** The phases of an upgrade that `revision` carries out and `rollback` reverses. */
export const phaseNames = ['add', 'workloads', 'blend', 'cut', 'default'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** One step of an upgrade: an edit of one cluster that can be reversed, and the words for its commit. */
export interface Phase {
  readonly name: PhaseName;
  /** What its title adds, where a phase goes in several commits. */
  readonly part?: string;
  /** Whether it is the commit that restarts what the one before has moved. */
  readonly restarts?: true;
  /** The cluster after this phase has led it to `revision`; the same where there is nothing to do. */
  readonly apply: (cluster: Cluster, revision: string) => Cluster;
  /** The cluster before this phase led it from `old` to `revision`; the same where there is nothing to undo. */
  readonly undo: (cluster: Cluster, revision: string, old: string) => Cluster;
  /** What a reviewer must know: what changes, and what holds afterwards; of a mesh with the clusters that it changes. */
  readonly explains: (mesh: Mesh, revision: string) => string;
  /** The same of its reverse; left out: that it is the reverse edit. */
  readonly explainsUndo?: (mesh: Mesh) => string;
  /** What must be so before the next commit is merged, of such a mesh. Lines that start with spaces are commands. */
  readonly before: (mesh: Mesh) => string;
  /** The same after the phase was undone; left out: as `before`. */
  readonly beforeUndo?: (mesh: Mesh) => string;
}

function loadBalancers(mesh: Mesh): string {
  return `${wait(mesh, 'blend')}, until the load balancers have found the added pods healthy.`;
}

const phases: Readonly<Record<Exclude<PhaseName, 'workloads'>, Phase>> = {
  add: {
    name: 'add',
    apply: (cluster, revision) =>
      cluster.revisions.includes(revision) ? cluster : { ...cluster, revisions: [...cluster.revisions, revision] },
    // A revision goes in the three steps of retire, never in one: its operator must outlive what it made.
    undo: (cluster) => cluster,
    explains: (mesh, revision) =>
      `Adds the control plane and the gateways of Istio ${revisionOf(mesh, revision).version} beside the running ones. Nothing selects the new gateways yet, and no workload uses the new control plane. No file of an older revision changes.${olderOperators(mesh, revision)}${conditions(mesh, revision)}`,
    before: () => 'Merge the next commit when the new control plane and all new gateways are ready.',
  },
  blend: {
    name: 'blend',
    apply: (cluster, revision) =>
      serve(cluster, (serving) => (serving.includes(revision) ? serving : [...serving, revision])),
    undo: (cluster, revision, old) =>
      serve(cluster, (serving) => (serving.includes(revision) && serving.includes(old) ? [old] : serving)),
    explains: (mesh, revision) =>
      `The entry Services select the old gateways and those of ${revision}. Only ready pods get traffic, so this is safe in any order.${mesh.adopted === undefined ? '' : ' Before you merge: nobody else may write these Services any more (docs/adopting.md, step 2).'}`,
    before: loadBalancers,
    beforeUndo: () => 'The new gateways are dark again; nothing has to be waited for.',
  },
  cut: {
    name: 'cut',
    apply: (cluster, revision) => serve(cluster, () => [revision]),
    // Back by way of both: the old gateways serve again before the new ones stop.
    undo: (cluster, revision, old) =>
      old === adopted || gatewayRevisions(cluster).includes(old)
        ? serve(cluster, (serving) => (serving.length === 1 && serving[0] === revision ? [old, revision] : serving))
        : cluster,
    explains: (_mesh, revision) =>
      `The entry Services select the gateways of ${revision} only. The old gateways keep running and finish the connections that they have.`,
    beforeUndo: loadBalancers,
    before: (mesh) =>
      `${wait(mesh, 'cut')} before you retire the old gateways, and leave them until no long-lived connection uses them. To go back: yo istio-prod:rollback`,
  },
  default: {
    name: 'default',
    // What the new gateways were raised to is given back by retire, since a rollback could not. What was adopted does not
    // retire here, and nothing goes back to it from its default on.
    apply: (cluster, revision) => ({
      ...(cluster.default === adopted ? keepMinReplicas(cluster, () => false) : cluster),
      default: revision,
    }),
    undo: (cluster, revision, old) => (cluster.default === revision ? { ...cluster, default: old } : cluster),
    explains: (mesh, revision) =>
      `The default tag, the default validator and the Service istiod follow ${revision}.${nodeAgent(mesh) === undefined ? '' : ' So does the CNI node agent: its pods restart on every node.'}${isAmbient(mesh) ? ' So does ztunnel: an old one takes no new connections, and ends those that it has after five minutes.' : ''}${mesh.adopted === undefined ? '' : ' Before you merge: the old injector is gone (docs/adopting.md, step 5).'}`,
    before: () => 'Look whether Istio resources are still accepted: kubectl apply --dry-run=server of any of them.',
  },
};

/** The tags of one wave; the phase `workloads` is one commit a wave, and one more where a commit restarts its workloads. */
function workloads(mesh: Mesh, wave: Wave): Phase[] {
  const tags = moveTags(wave);
  const written = Object.values(mesh.clusters).some(({ restarted }) => Object.keys(restarted ?? {}).some(wave.moves));
  return written ? [tags, restartWorkloads(wave, tags)] : [tags];
}

function moveTags({ title, moves }: Wave): Phase {
  const tagsOf = (mesh: Mesh) => [
    ...new Set(Object.values(mesh.clusters).flatMap(({ tags }) => Object.keys(tags).filter(moves))),
  ];
  return {
    name: 'workloads',
    part: title,
    apply: (cluster, revision) => ({
      ...cluster,
      tags: mapValues(cluster.tags, (tagged, tag) => (moves(tag) ? revision : tagged)),
    }),
    // The tags of an adopted installation are its own: ours name ours from the first day.
    undo: (cluster, revision, old) => ({
      ...cluster,
      tags: mapValues(cluster.tags, (tagged, tag) =>
        moves(tag) && tagged === revision && old !== adopted ? old : tagged,
      ),
    }),
    explains: (mesh, revision) =>
      `${names(tagsOf(mesh))} ${revision} now. Pods that run keep their sidecar; each gets that of ${revision} when it restarts.`,
    before: (mesh) => afterMove(mesh, tagsOf(mesh)),
  };
}

/** It is done only where the tags have moved too, so its edits hold both; where commands restart, there is nothing to do. */
function restartWorkloads({ title, moves }: Wave, tags: Phase): Phase {
  const own = ({ restarted = {} }: Cluster) => Object.keys(restarted).filter(moves);
  const restart = (mesh: Mesh) =>
    `The workloads on ${[...new Set(Object.values(mesh.clusters).flatMap(own))].join(', ')} restart: all that is built with clusters/<cluster>/restarts/<tag>`;
  return {
    name: 'workloads',
    // Parentheses are in no tag.
    part: `${title} (restarts)`,
    restarts: true,
    apply: (cluster, revision) =>
      own(cluster).length === 0 ? cluster : restartedForTags(tags.apply(cluster, revision), moves),
    undo: (cluster, revision, old) =>
      own(cluster).length === 0 ? cluster : restartedForTags(tags.undo(cluster, revision, old), moves),
    explains: (mesh, revision) =>
      `${restart(mesh)} has ${revision} in an annotation of its pod template, and is rolled out by its own strategy. The new pods get the sidecar of ${revision}.`,
    explainsUndo: (mesh) =>
      `${restart(mesh)} has the former revision in an annotation of its pod template again, and is rolled out by its own strategy. The new pods get the sidecar that the tag names now.`,
    before: afterRestart,
  };
}

/**
 * The order of the phases of a mesh: the one place that knows it.
 *
 * Workloads before gateways is the default; both orders are sound, since old and new proxies understand each other
 * (istio.io/docs/releases/supported-releases).
 */
export function phasesOf(mesh: Mesh): readonly Phase[] {
  return stagesOf(mesh).flat();
}

/**
 * The same, with what must stay in its order also on the way back together: a restart follows its tag in both directions, or
 * pods would get the sidecar that they are to lose.
 */
export function stagesOf(mesh: Mesh): readonly (readonly Phase[])[] {
  const order: readonly PhaseName[] =
    mesh.upgrade.order === 'workloads-first' ? phaseNames : ['add', 'blend', 'cut', 'workloads', 'default'];
  return order.flatMap((name) =>
    name === 'workloads' ? wavesOf(mesh).map((wave) => workloads(mesh, wave)) : [[phases[name]]],
  );
}

function names(tags: readonly string[]): string {
  return tags.length === 1 ? `The revision tag ${tags[0]} names` : `The revision tags ${tags.join(', ')} name`;
}

/** An operator that restarts would put its own CustomResourceDefinitions back, so older ones are told to leave them alone. */
function olderOperators(mesh: Mesh, revision: string): string {
  const older = Object.entries(mesh.revisions).some(
    ([name, { install }]) => name !== revision && install === 'operator',
  );
  const byChart =
    revisionOf(mesh, revision).install === 'operator' &&
    Object.values(mesh.clusters).some((cluster) => definitionsByChart(cluster) !== undefined);
  if (byChart)
    return ' In the layer of the control planes, all operators leave the CustomResourceDefinitions to the chart.';
  return older
    ? ' In the layer of the control planes, older operators are told to leave the CustomResourceDefinitions to the newest; they look over their control plane once and change nothing in it.'
    : '';
}

/** What must be known of an `add` beyond the usual. */
function conditions(mesh: Mesh, revision: string): string {
  const ownNamespace = mesh.namespaces.controlPlane === 'per-revision';
  return [
    ownNamespace
      ? ` Before you merge: its namespace needs the same Secret cacerts as the other control planes, or its proxies will not trust theirs.`
      : '',
    mesh.revisions[revision]?.install === 'helm'
      ? " Istio's CustomResourceDefinitions go to this version in the whole cluster, and stay there."
      : '',
  ].join('');
}

function serve(cluster: Cluster, change: (serving: string[]) => string[]): Cluster {
  return { ...cluster, serves: mapValues(cluster.serves, change) };
}

function mapValues<T>(map: Readonly<Record<string, T>>, change: (value: T, key: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}
