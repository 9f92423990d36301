import { adopted, isAdopting } from '../model/adopted.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { keepMinReplicas } from '../model/replicas.js';
import { clusterOf } from '../model/revision.js';
import { restartedForTags } from '../policy/restarts.js';
import { afterMove, afterRestart } from '../policy/waves.js';
import { leftBehind } from './retire-words.js';
import { changedClusters, onlyChanged, unknownClusters } from './select-clusters.js';
import { checkedSteps, type Outcome, type Step } from './step.js';

/**
 * Gives a new revision up in one step: the old one serves, and the new one's gateways and control plane go. Where a commit
 * restarts workloads, it follows.
 *
 * For a new revision that is broken. The reverse edit of a phase would not do then: the layers come before the switch, and
 * one that is not healthy stops it. Its operator stays, since it must outlive what it made, and goes by `retire`.
 */
export function abandonRevision(mesh: Mesh, clusters: readonly string[] = Object.keys(mesh.clusters)): Outcome {
  const unknown = unknownClusters(mesh, clusters);
  if (unknown.length > 0) return { problems: unknown };
  const onlyOne = clusters.flatMap((name) => (hasLeftAdopted(clusterOf(mesh, name)) ? byHand(mesh, name) : []));
  if (onlyOne.length > 0) return { problems: onlyOne };
  const changed = { ...mesh.clusters };
  for (const name of clusters) changed[name] = abandoned(clusterOf(mesh, name));
  const next = { ...mesh, clusters: changed };
  const restarted = restart(next, clusters);
  if (JSON.stringify(next) === JSON.stringify(mesh)) return checkedSteps(restarted);
  const tags = [
    ...new Set(Object.values(next.clusters).flatMap((cluster) => [...Object.keys(cluster.tags), 'default'])),
  ];
  return checkedSteps([
    {
      name: 'rollback-broken',
      mesh: next,
      title: 'Istio: give the new revision up',
      body: `The old gateways serve alone, tags and default name the old revision, and the gateways and the control plane of the new revision are taken away, so that nothing of it can hold up the switch.\n\nClusters: ${changedClusters(mesh, next)}`,
      before: `Workloads that run with the new sidecar keep running, and get the old one when they restart.\n\n${afterMove(onlyChanged(mesh, next), tags)}${leftovers(next)}`,
    },
    ...restarted,
  ]);
}

/** The commit that restarts the workloads, where that is one: they have to leave the new sidecar, whose istiod is gone. */
function restart(mesh: Mesh, clusters: readonly string[]): Step[] {
  const changed = { ...mesh.clusters };
  for (const name of clusters) {
    const cluster = clusterOf(mesh, name);
    const leaves = Object.values(cluster.restarted ?? {}).some(
      (revision) => cluster.retiring?.[revision] !== undefined,
    );
    if (leaves) changed[name] = restartedForTags(cluster);
  }
  const next = { ...mesh, clusters: changed };
  if (JSON.stringify(next) === JSON.stringify(mesh)) return [];
  return [
    {
      name: 'rollback-restarts',
      mesh: next,
      title: 'Istio: restart workloads for the old revision',
      body: `The workloads that are built with clusters/<cluster>/restarts/<tag> restart, and get the old sidecar back: the control plane of their new one is gone.\n\nClusters: ${changedClusters(mesh, next)}`,
      before: afterRestart(),
    },
  ];
}

function hasLeftAdopted(cluster: Cluster): boolean {
  return isAdopting(cluster) && Object.values(cluster.serves).some((serving) => serving.join() !== adopted);
}

/** Beside an adopted installation there is one revision, which cannot go: the switch back is made by hand, and then here. */
function byHand(mesh: Mesh, cluster: string): Problem[] {
  const commands = Object.entries(mesh.gateways).flatMap(([gateway, { adopted: before }]) =>
    before === undefined
      ? []
      : [
          `kubectl -n ${before.namespace} patch service ${gateway} --type=json -p '${JSON.stringify([{ op: 'replace', path: '/spec/selector', value: before.selector }])}'`,
        ],
  );
  return [
    {
      rule: 'only-revision',
      message: `Cluster ${cluster} has one revision beside the installation that was there before: it cannot be given up in one step.`,
      fix: `Stop the sync (${mesh.engine === 'flux' ? 'flux suspend kustomization istio-5-switch' : `argocd app set istio-${cluster} --sync-policy none`}), let the old gateways serve: ${commands.join('; ')}. Then yo istio-prod:rollback --all, push, and let it sync again`,
    },
  ];
}

/** What is given up goes at once, also where proxies are connected: some operators then leave all of it behind, to be selected by the next blend. */
function leftovers(mesh: Mesh): string {
  const revisions = new Set(Object.values(mesh.clusters).flatMap(({ retiring }) => Object.keys(retiring ?? {})));
  return [...revisions]
    .map((revision) => leftBehind(mesh, revision, ['Pilot', 'IngressGateways', 'EgressGateways']))
    .filter((text) => text !== '')
    .map((text) => `\n\nThe objects of the new revision must be gone before the next upgrade.${text}`)
    .join('');
}

/** Only where the old revision is still all there: what has begun to retire cannot take the traffic back. */
function abandoned(cluster: Cluster): Cluster {
  const [old, revision] = cluster.revisions;
  if (old === undefined || revision === undefined || cluster.retiring !== undefined) return cluster;
  return {
    // What the old gateways were raised to stays: they take the traffic now.
    ...keepMinReplicas(cluster, (_, each) => each !== revision),
    default: old,
    tags: Object.fromEntries(Object.keys(cluster.tags).map((tag) => [tag, old])),
    serves: Object.fromEntries(Object.keys(cluster.serves).map((gateway) => [gateway, [old]])),
    retiring: { [revision]: 'control-plane' },
  };
}
