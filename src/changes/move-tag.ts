import { own, without } from '../model/maps.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { clusterOf, controlPlaneRevisions } from '../model/revision.js';
import { notLive } from '../policy/check-mesh.js';
import { checkName } from '../policy/naming.js';
import { restartedForTags } from '../policy/restarts.js';
import { afterMove, afterRestart, restart } from '../policy/waves.js';
import { editStep } from './edit-mesh.js';
import { changedClusters, onlyChanged, unknownClusters } from './select-clusters.js';
import type { Outcome, Step } from './step.js';

/** What a person asks of `tag`. */
export interface TagRequest {
  readonly tag: string;
  /** The name of a live revision; left out: the tag goes. */
  readonly revision?: string | undefined;
  /** Left out: all clusters. */
  readonly clusters?: readonly string[] | undefined;
  readonly forced: ReadonlySet<string>;
}

/** Makes one revision tag name a revision, or takes it away. */
export function moveTag(mesh: Mesh, { tag, revision, forced, ...request }: TagRequest): Outcome {
  const clusters = request.clusters ?? Object.keys(mesh.clusters);
  const problems = [...checkName('The tag', tag, 'yo istio-prod:tag'), ...unknownClusters(mesh, clusters)];
  if (problems.length > 0) return { problems: [...problems, ...notLiveIn(mesh, clusters, tag, revision)] };
  const changed = { ...mesh.clusters };
  for (const name of clusters) changed[name] = withTag(clusterOf(mesh, name), tag, revision);
  const next = { ...mesh, clusters: changed };
  const where = `\n\nClusters: ${changedClusters(mesh, next)}`;
  const step =
    revision === undefined
      ? {
          title: `Istio: remove tag ${tag}`,
          body: `The tag ${tag} is no longer written. It stays in the cluster, as it is: tags are never pruned.${where}`,
          before: `When no namespace carries it, delete it in each of these clusters:\n\n    kubectl get namespaces -l istio.io/rev=${tag}\n    kubectl delete mutatingwebhookconfiguration istio-revision-tag-${tag}`,
        }
      : {
          title: `Istio: tag ${tag} names ${revision}`,
          body: `Pods that run keep their sidecar; each in a namespace with istio.io/rev=${tag} gets that of ${revision} when it restarts.${where}`,
          before: clusters.some((name) => Object.hasOwn(clusterOf(mesh, name).tags, tag))
            ? afterMove(onlyChanged(mesh, next), [tag])
            : firstUse(onlyChanged(mesh, next), tag),
        };
  const moved = editStep(mesh, { name: 'tag', mesh: next, ...step }, forced);
  if ('problems' in moved) return moved;
  const restarted = editStep(next, restartStep(next, tag, clusters), forced);
  return 'problems' in restarted ? restarted : { steps: [...moved.steps, ...restarted.steps] };
}

/** The mesh cannot be asked where a name is wrong, but the revision can, in the clusters that there are. */
function notLiveIn({ clusters }: Mesh, names: readonly string[], tag: string, revision: string | undefined): Problem[] {
  return names.flatMap((name) => {
    const cluster = own(clusters, name);
    if (cluster === undefined || revision === undefined) return [];
    const problems = notLive(controlPlaneRevisions(cluster), [revision], [], `has the tag ${tag} on`, name);
    return problems.map(({ at: _, ...problem }) => problem);
  });
}

/** The second commit of a tag that moved, where commits restart its workloads. */
function restartStep(mesh: Mesh, tag: string, clusters: readonly string[]): Step {
  const changed = { ...mesh.clusters };
  for (const name of clusters) changed[name] = restartedForTags(clusterOf(mesh, name), (each) => each === tag);
  const next = { ...mesh, clusters: changed };
  return {
    name: 'tag',
    mesh: next,
    title: `Istio: restart the workloads on tag ${tag}`,
    body: `All that is built with clusters/<cluster>/restarts/${tag} is rolled out by its own strategy, and its new pods get the sidecar of the revision that the tag names.\n\nClusters: ${changedClusters(mesh, next)}`,
    before: afterRestart(),
  };
}

/** No namespace carries a tag that is new, unless somebody was early. */
function firstUse({ clusters }: Mesh, tag: string): string {
  const component = Object.values(clusters).some(({ restarted }) => Object.hasOwn(restarted ?? {}, tag))
    ? `; where a component restarts them, their kustomization includes clusters/<cluster>/restarts/${tag} from then on, and no other`
    : '';
  return `When it is in the cluster, put it on namespaces, and restart their workloads${component}:\n\n    kubectl label namespace NAMESPACE --overwrite istio.io/rev=${tag} istio-injection-\n    ${restart('NAMESPACE')}`;
}

/** The workloads on a tag that is new start with its revision; on one that moves, they restart by the next commit. */
function withTag(cluster: Cluster, tag: string, revision: string | undefined): Cluster {
  const { tags, restarted } = cluster;
  const written = (change: (entries: Record<string, string>) => Record<string, string>) =>
    restarted === undefined ? {} : { restarted: change(restarted) };
  if (revision === undefined)
    return { ...cluster, tags: without(tags, tag), ...written((entries) => without(entries, tag)) };
  const isNew = own(tags, tag) === undefined;
  return {
    ...cluster,
    tags: { ...tags, [tag]: revision },
    ...written((entries) => (isNew ? { ...entries, [tag]: revision } : entries)),
  };
}
