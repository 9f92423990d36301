import { without } from '../model/maps.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import { clusterOf } from '../model/revision.js';
import { checkName } from '../policy/naming.js';
import { restart, restarts } from '../policy/waves.js';
import { editStep } from './edit-mesh.js';
import { changedClusters, unknownClusters } from './select-clusters.js';
import type { Outcome } from './step.js';

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
  if (problems.length > 0) return { problems };
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
            ? restarts(mesh, [tag])
            : firstUse(tag),
        };
  return editStep(mesh, { name: 'tag', mesh: next, ...step }, forced);
}

/** No namespace carries a tag that is new, unless somebody was early. */
function firstUse(tag: string): string {
  return `When it is in the cluster, put it on namespaces, and restart their workloads:\n\n    kubectl label namespace NAMESPACE --overwrite istio.io/rev=${tag} istio-injection-\n    ${restart('NAMESPACE')}`;
}

function withTag(cluster: Cluster, tag: string, revision: string | undefined): Cluster {
  return {
    ...cluster,
    tags: revision === undefined ? without(cluster.tags, tag) : { ...cluster.tags, [tag]: revision },
  };
}
