import { isAdopting } from '../model/adopted.js';
import { own, without } from '../model/maps.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { clusterOf, gatewayRevisions } from '../model/revision.js';
import { checkName } from '../policy/naming.js';
import { editStep } from './edit-mesh.js';
import { unknownClusters } from './select-clusters.js';
import type { Outcome } from './step.js';

/** What a person asks of `cluster`. */
export interface ClusterRequest {
  readonly name: string;
  /** The cluster whose revisions, tags and phase it gets; left out: the first. */
  readonly like?: string | undefined;
  /** Left out: a network of its own, named after it. */
  readonly network?: string | undefined;
  readonly forced: ReadonlySet<string>;
}

/** Adds a cluster that runs what another one runs, in the same phase. */
export function addCluster(mesh: Mesh, request: ClusterRequest): Outcome {
  const { name, network } = request;
  const like = request.like ?? Object.keys(mesh.clusters)[0] ?? '';
  const known = own(mesh.clusters, name);
  const problems = [
    ...checkName('The cluster', name, 'yo istio-prod:cluster'),
    ...(network === undefined ? [] : checkName('The network', network, '--network')),
    ...unknownClusters(mesh, [like]),
    ...(known === undefined && Object.hasOwn(mesh.clusters, like) && isAdopting(clusterOf(mesh, like))
      ? [stillAdopting(like)]
      : []),
    ...(known === undefined || network === undefined || known.network === network ? [] : [otherNetwork(name, known)]),
  ];
  if (problems.length > 0) return { problems };
  if (known !== undefined) return { steps: [] };
  return editStep(
    mesh,
    {
      name: 'cluster',
      mesh: { ...mesh, clusters: { ...mesh.clusters, [name]: copyOf(clusterOf(mesh, like), network ?? name) } },
      title: `Istio: add cluster ${name}`,
      body: `Adds what runs in the cluster ${name}: the revisions, tags and gateways of ${like}, in the same phase. No other cluster changes.`,
    },
    request.forced,
  );
}

/** What was there before serves in that cluster alone: a new one would have entry Services without pods. */
function stillAdopting(like: string): Problem {
  return {
    rule: 'still-adopting',
    message: `Cluster ${like} is still led away from the installation that was there before, which a new cluster does not have.`,
    fix: 'Finish docs/adopting.md first, or name a cluster that has: --like NAME. A cluster with an Istio of its own is adopted into a repository of its own',
  };
}

/** Takes a cluster away. What runs there goes on: it is only no longer written from here. */
export function removeCluster(mesh: Mesh, name: string, forced: ReadonlySet<string>): Outcome {
  return editStep(
    mesh,
    {
      name: 'cluster',
      mesh: { ...mesh, clusters: without(mesh.clusters, name) },
      title: `Istio: remove cluster ${name}`,
      body: `Takes what was written for the cluster ${name} away. Your own patches stay in clusters/${name}/custom/, and what runs there goes on.`,
    },
    forced,
  );
}

/** What retires has begun to go, and does not come to a new cluster. */
function copyOf(like: Cluster, network: string): Cluster {
  const { retiring: _, crds, base, ...rest } = like;
  // What an operator left there, it did not bring here.
  const definitions = base === 'operator' ? {} : { ...(crds && { crds }), ...(base && { base }) };
  return { ...rest, ...definitions, network, revisions: gatewayRevisions(like) };
}

function otherNetwork(name: string, { network }: Cluster): Problem {
  return {
    rule: 'cluster-exists',
    message: `Cluster ${name} is there already, on the network ${network}.`,
    fix: 'Leave --network away, or edit it in istio-prod.yaml and run: yo istio-prod',
  };
}
