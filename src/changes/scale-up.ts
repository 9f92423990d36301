import { gatewayNamespace } from '../catalog/namespaces.js';
import { gatewayDeployment, gatewayOf } from '../model/gateway.js';
import { own } from '../model/maps.js';
import type { Mesh } from '../model/mesh.js';
import { scaleUpTo } from '../model/replicas.js';
import { clusterOf, gatewayRevisions } from '../model/revision.js';
import { changedClusters } from './select-clusters.js';
import { checkedSteps, type Outcome } from './step.js';

/** The gateways of one revision in one cluster that are to have more pods before traffic moves to them. */
export interface ScaleUpRequest {
  readonly cluster: string;
  readonly revision: string;
  /** Per gateway how many pods it is to have at least: as many as serve now. */
  readonly pods: Readonly<Record<string, number>>;
}

/** Raises the minima, and the maxima where these are below, in one step that moves no traffic; no step where the mesh says so already. */
export function scaleUp(mesh: Mesh, { cluster, revision, pods }: ScaleUpRequest): Outcome {
  const state = clusterOf(mesh, cluster);
  const minReplicas = { ...state.minReplicas };
  const gateways = { ...mesh.gateways };
  for (const [gateway, count] of Object.entries(pods)) {
    const raised = scaleUpTo(mesh, cluster, gateway, revision, count);
    if (raised.minReplicas !== undefined)
      minReplicas[gateway] = { ...own(minReplicas, gateway), [revision]: raised.minReplicas };
    if (raised.maxReplicas !== undefined)
      gateways[gateway] = { ...gatewayOf(mesh, gateway), maxReplicas: raised.maxReplicas };
  }
  const next = { ...mesh, gateways, clusters: { ...mesh.clusters, [cluster]: { ...state, minReplicas } } };
  if (JSON.stringify(next) === JSON.stringify(mesh)) return { steps: [] };
  const most = Object.entries(gateways).filter(
    ([name, { maxReplicas }]) => maxReplicas !== mesh.gateways[name]?.maxReplicas,
  );
  const least = most.length === 0 ? 'this' : 'the minimum';
  const given =
    gatewayRevisions(state).at(-1) === revision
      ? `The first step of retire gives ${least} back.`
      : `Take ${least} out again when the load has gone down.`;
  return checkedSteps([
    {
      name: 'scale-up',
      mesh: next,
      title: `Istio ${own(mesh.revisions, revision)?.version ?? revision}: scale up`,
      body: `The gateways of ${revision} get as many pods as serve now: ${list(pods)} at least. No traffic moves.${most.length === 0 ? '' : ` The most that autoscalers make goes up with it, in every cluster and revision: ${list(Object.fromEntries(most.map(([name, { maxReplicas = 0 }]) => [name, maxReplicas])))}; that stays.`} ${given}\n\nClusters: ${changedClusters(mesh, next)}`,
      before: `Go on when that many pods are ready:\n\n${Object.entries(pods)
        .map(
          ([gateway, count]) =>
            `    kubectl -n ${gatewayNamespace(mesh, gateway)} get deployment ${gatewayDeployment(gateway, revision)}    # ${count}`,
        )
        .join('\n')}`,
    },
  ]);
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([gateway, count]) => `${count} of ${gateway}`)
    .join(', ');
}

/** What a step says where it takes raised minima away from gateways that go on. */
export function givesBack(before: Mesh, after: Mesh): string {
  const gone = Object.entries(before.clusters).some(([name, { minReplicas }]) => {
    const state = own(after.clusters, name);
    if (state === undefined) return false;
    return Object.entries(minReplicas ?? {}).some(([gateway, revisions]) =>
      Object.keys(revisions).some(
        (revision) =>
          gatewayRevisions(state).includes(revision) && state.minReplicas?.[gateway]?.[revision] === undefined,
      ),
    );
  });
  return gone ? ' The raised minReplicas of gateways go: their autoscalers decide alone again.' : '';
}
