import { isAmbient } from '../catalog/node-agent.js';
import { own } from '../model/maps.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { MeshProblem, Problem } from '../model/problem.js';

/** Every tag, or those of one wave. */
type Moves = (tag: string) => boolean;

/** Restarts the workloads on these tags for what each tag names now; the same where no commit restarts them. */
export function restartedForTags(cluster: Cluster, moves: Moves = () => true): Cluster {
  const { restarted, tags } = cluster;
  if (restarted === undefined) return cluster;
  const entries = Object.entries(restarted).map(([tag, revision]) => [
    tag,
    (moves(tag) ? own(tags, tag) : undefined) ?? revision,
  ]);
  return { ...cluster, restarted: Object.fromEntries(entries) };
}

/** Whether the workloads on a tag still wait for the commit that restarts them. */
export function restartWaits({ restarted, tags }: Cluster, tag: string): boolean {
  const revision = own(restarted ?? {}, tag);
  return revision !== undefined && revision !== own(tags, tag);
}

/** Tags that restarted has and the cluster has not, and revisions that do not run there. */
export function checkRestarted(name: string, { restarted = {}, tags, revisions }: Cluster): MeshProblem[] {
  return Object.entries(restarted).flatMap(([tag, revision]) => {
    const at = ['clusters', name, 'restarted', tag];
    return [
      ...(Object.hasOwn(tags, tag)
        ? []
        : [
            {
              at,
              rule: 'unknown-tag',
              message: `Cluster ${name} restarts the workloads on the tag ${tag}, which it does not have.`,
              fix: 'Take it out of restarted, or make the tag first: yo istio-prod:tag',
            },
          ]),
      // What a revision that has begun to go was restarted for stays true until the workloads have left it.
      // Where the tag names it too, that says so.
      ...(revisions.includes(revision) || own(tags, tag) === revision
        ? []
        : [
            {
              at,
              rule: 'not-live',
              message: `Cluster ${name} has restarted the workloads on ${tag} for ${revision}, which does not run there.`,
              fix: `Take what the tag names: ${own(tags, tag) ?? revisions.join(' or ')}`,
            },
          ]),
    ];
  });
}

/** The tags of a cluster whose workloads would restart in the very step that moves the tag, or for what it does not name. */
export function restartsOutOfOrder(before: Cluster | undefined, after: Cluster | undefined): string[] {
  if (before === undefined || after === undefined) return [];
  return Object.entries(after.restarted ?? {})
    .filter(([tag, revision]) => {
      const former = own(before.restarted ?? {}, tag);
      if (former === revision) return false;
      const moves = former !== undefined && own(before.tags, tag) !== own(after.tags, tag);
      return moves || own(after.tags, tag) !== revision;
    })
    .map(([tag]) => tag);
}

/** An edit by hand restarts no pod too early, and takes no component away that a kustomization may include. */
export function checkRestarts(before: Mesh, after: Mesh): Problem[] {
  return Object.entries(before.clusters).flatMap(([name, former]) => {
    const cluster = own(after.clusters, name);
    const gone = Object.keys(former.restarted ?? {}).filter((tag) => !Object.hasOwn(cluster?.restarted ?? {}, tag));
    return [
      ...restartsOutOfOrder(former, cluster).map((tag) => ({
        rule: 'restart-after-tag',
        message: `The workloads on the tag ${tag} of cluster ${name} would restart before the cluster has its move: some would get the old sidecar, and never restart again.`,
        fix: `Let the tag move alone (yo istio-prod), wait until it has moved in the cluster, and set restarted.${tag} to what the tag names then`,
      })),
      ...gone.map((tag) => ({
        rule: 'restarts-in-use',
        message: `clusters/${name}/restarts/${tag} goes, and a kustomization that includes it no longer builds.`,
        fix: `Take the line out of each first (the workloads restart once more), and then take --force restarts-in-use: git grep restarts/${tag}`,
        forcible: true,
      })),
    ];
  });
}

/** The lines that the owners of workloads add, one to the kustomization of those on each tag; for a folder two levels deep. */
export function includedBy({ repository: { path } }: Mesh, name: string, tags: readonly string[]): string[] {
  const folder = path === '.' ? '' : `${path}/`;
  return tags.map((tag) => `components: [../../${folder}clusters/${name}/restarts/${tag}]    # of workloads on ${tag}`);
}

/** What restarts are not for in ambient mode, as a sentence (istio.io/docs/ambient/upgrade/helm); empty elsewhere. */
export function notAmbient(mesh: Mesh): string {
  return isAmbient(mesh) ? 'What ztunnel serves follows without a restart: this is for pods with a sidecar alone.' : '';
}
