import { isAdopting } from '../model/adopted.js';
import { own, without } from '../model/maps.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { clusterOf, gatewayRevisions } from '../model/revision.js';
import { checkName } from '../policy/naming.js';
import { includedBy, notAmbient, restartedForTags } from '../policy/restarts.js';
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
  /** Whether a commit restarts its workloads, or commands do; left out: as it is, or as in the other cluster. */
  readonly restarts?: 'commits' | 'commands' | undefined;
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
  if (known !== undefined) return changeRestarts(mesh, name, known, request);
  const added = withRestarts(copyOf(clusterOf(mesh, like), network ?? name), request.restarts);
  return editStep(
    mesh,
    {
      name: 'cluster',
      mesh: { ...mesh, clusters: { ...mesh.clusters, [name]: added } },
      title: `Istio: add cluster ${name}`,
      body: `Adds what runs in the cluster ${name}: the revisions, tags and gateways of ${like}, in the same phase. No other cluster changes.`,
    },
    request.forced,
  );
}

/** Lets commits restart the workloads of a cluster, from what each tag names now, or commands again. */
function changeRestarts(mesh: Mesh, name: string, known: Cluster, { restarts, forced }: ClusterRequest): Outcome {
  const commits = restarts === 'commits';
  const cluster = withRestarts(known, restarts);
  const lines = includedBy(mesh, name, Object.keys(cluster.restarted ?? {}));
  const ambient = notAmbient(mesh);
  const before = `${ambient}${ambient && ' '}Add one line to each kustomization of workloads in this repository, that of their tag; by it they restart once. From a folder two levels deep:\n\n${lines.map((line) => `    ${line}`).join('\n')}`;
  const step = {
    name: 'cluster',
    mesh: { ...mesh, clusters: { ...mesh.clusters, [name]: cluster } },
    title: `Istio: workloads of ${name} restart by ${restarts}`,
    body: commits
      ? lines.length === 0
        ? `Each tag that comes gets a component, clusters/${name}/restarts/<tag>. There is none yet: what follows the default tag restarts by commands.`
        : `Adds a component for each tag, clusters/${name}/restarts/<tag>. No pod restarts by this commit; nothing is built with a component yet.`
      : `Takes clusters/${name}/restarts/ away: from now on messages have the commands that restart workloads.`,
  };
  return editStep(mesh, lines.length === 0 ? step : { ...step, before }, forced);
}

function withRestarts(cluster: Cluster, restarts: ClusterRequest['restarts']): Cluster {
  if (restarts === undefined) return cluster;
  const { restarted, ...rest } = cluster;
  if (restarts === 'commands') return rest;
  // What a tag names now is what its workloads have been restarted for, or are by their first restart with the component.
  return { ...cluster, restarted: { ...cluster.tags, ...restarted } };
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

/** What retires has begun to go, and does not come to a new cluster; its workloads are yet to start. */
function copyOf(like: Cluster, network: string): Cluster {
  const { retiring: _, crds, base, ...rest } = restartedForTags(like);
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
