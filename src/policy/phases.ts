import type { Cluster, Mesh } from '../model/mesh.js';
import { revisionOf } from '../model/revision.js';

/** The phases of an upgrade that `revision` carries out. */
export const phaseNames = ['add', 'workloads', 'blend', 'cut', 'default'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** One step of an upgrade: an edit of one cluster that can be reversed, and the words for its commit. */
export interface Phase {
  readonly name: PhaseName;
  /** The cluster after this phase; the same where there is nothing to do. */
  readonly apply: (cluster: Cluster, revision: string) => Cluster;
  /** What a reviewer must know: what changes, and what holds afterwards. */
  readonly explains: (mesh: Mesh, revision: string) => string;
  /** What to look at before the next commit is merged. */
  readonly before: string;
}

const phases: Readonly<Record<PhaseName, Phase>> = {
  add: {
    name: 'add',
    apply: (cluster, revision) =>
      cluster.revisions.includes(revision) ? cluster : { ...cluster, revisions: [...cluster.revisions, revision] },
    explains: (mesh, revision) =>
      `Adds the control plane and the gateways of Istio ${revisionOf(mesh, revision).version} beside the running ones. Nothing selects the new gateways yet, and no workload uses the new control plane. No file of an older revision changes.`,
    before: 'Merge the next commit when the new control plane and all new gateways are ready.',
  },
  workloads: {
    name: 'workloads',
    apply: (cluster, revision) => ({ ...cluster, tags: mapValues(cluster.tags, () => revision) }),
    explains: (_mesh, revision) =>
      `The revision tags name ${revision}. Pods that run keep their sidecar; each gets the new one when it restarts.`,
    before:
      'Restart the workloads namespace by namespace, and look after each: kubectl -n NAMESPACE rollout restart deployment',
  },
  blend: {
    name: 'blend',
    apply: (cluster, revision) => ({
      ...cluster,
      serves: mapValues(cluster.serves, (serving) => (serving.includes(revision) ? serving : [...serving, revision])),
    }),
    explains: (_mesh, revision) =>
      `The entry Services select the old gateways and those of ${revision}. Only ready pods get traffic, so this is safe in any order.`,
    before:
      'Wait until the load balancers have found the new pods healthy: some minutes where they register pods as targets.',
  },
  cut: {
    name: 'cut',
    apply: (cluster, revision) => ({ ...cluster, serves: mapValues(cluster.serves, () => [revision]) }),
    explains: (_mesh, revision) =>
      `The entry Services select the gateways of ${revision} only. The old gateways keep running and finish the connections that they have.`,
    before:
      'Leave the old gateways until no long-lived connection uses them. To go back, put the old value of serves into istio-prod.yaml.',
  },
  default: {
    name: 'default',
    apply: (cluster, revision) => ({ ...cluster, default: revision }),
    explains: (_mesh, revision) => `The default tag, the default validator and the Service istiod follow ${revision}.`,
    before: 'Look whether Istio resources are still accepted: kubectl apply --dry-run=server of any of them.',
  },
};

/**
 * The order of the phases of a mesh: the one place that knows it.
 *
 * Workloads before gateways is the default; both orders are sound, since old and new proxies understand each other
 * (istio.io/docs/releases/supported-releases).
 */
export function phasesOf(mesh: Mesh): readonly Phase[] {
  const order: readonly PhaseName[] =
    mesh.upgrade.order === 'workloads-first' ? phaseNames : ['add', 'blend', 'cut', 'workloads', 'default'];
  return order.map((name) => phases[name]);
}

function mapValues<T>(map: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
