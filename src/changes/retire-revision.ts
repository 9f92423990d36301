import { switchesGatewaysOff } from '../catalog/operator-deletions.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { keepMinReplicas } from '../model/replicas.js';
import { clusterOf, revisionOf } from '../model/revision.js';
import { only } from '../model/words.js';
import { withDefinitionsLeft } from '../policy/definitions.js';
import { beforeNext, explains, type Part, parts, titleOf } from './retire-words.js';
import { givesBack } from './scale-up.js';
import { changedClusters, unknownClusters } from './select-clusters.js';
import { type Outcome, withoutForced } from './step.js';

/** What a person asks of `retire`. */
export interface RetireRequest {
  /** The name of the revision: 1-9-5. */
  readonly revision: string;
  /** Left out: all clusters where it lives. */
  readonly clusters?: readonly string[] | undefined;
  /** Whether the revision is used in the clusters; unknown blocks, because to retire too early is an outage. */
  readonly usage: 'unused' | 'unknown';
  /** What the cluster itself says against it, where somebody looked. */
  readonly found?: readonly Problem[];
  readonly forced: ReadonlySet<string>;
}

/**
 * Takes the next part of a revision away: its gateways, then its control plane, then its operator; a run each. Where an
 * operator would let the gateways go without their pods, these go first.
 *
 * An operator that went with what it made would leave it behind for ever (its finalizer), so each part waits for the one
 * before to be gone.
 */
export function retireRevision(mesh: Mesh, request: RetireRequest): Outcome {
  const { revision } = request;
  const lives = Object.keys(mesh.clusters).filter((name) => clusterOf(mesh, name).revisions.includes(revision));
  const clusters = request.clusters ?? lives;
  const problems = withoutForced(
    [
      ...unknownClusters(mesh, clusters),
      ...(mesh.revisions[revision] === undefined ? [noRevision(mesh, revision)] : []),
      ...clusters.filter((name) => lives.includes(name)).flatMap((name) => usedBy(mesh, name, revision)),
      ...(request.found ?? []),
      ...(request.usage === 'unknown' && mesh.revisions[revision] !== undefined ? [unknownUsage(revision)] : []),
    ],
    request.forced,
  );
  if (problems.length > 0) return { problems };

  const part = parts.find((each) => clusters.some((name) => nextPart(mesh, name, revision) === each));
  if (part === undefined) return { steps: [] };
  const changed = { ...mesh.clusters };
  for (const name of clusters) {
    const cluster = clusterOf(mesh, name);
    if (nextPart(mesh, name, revision) === part) changed[name] = without(mesh, cluster, revision, part);
  }
  const next = withoutUnused({ ...mesh, clusters: changed }, revision);
  const before = beforeNext(mesh, part, revision);
  return {
    steps: [
      {
        name: `retire-${part}`,
        mesh: next,
        title: `Istio: retire ${titleOf(part, revisionOf(mesh, revision))} of ${revision}`,
        body: `${explains(mesh, part, revision)}${givesBack(mesh, next)}${leavesDefinitions(mesh, next)}\n\nClusters: ${changedClusters(mesh, next)}`,
        ...(before === undefined ? {} : { before }),
      },
    ],
  };
}

function nextPart(mesh: Mesh, name: string, revision: string): Part | undefined {
  const cluster = clusterOf(mesh, name);
  if (!cluster.revisions.includes(revision)) return undefined;
  const gone = cluster.retiring?.[revision];
  if (gone !== undefined) return parts[parts.indexOf(gone) + 1];
  return switchesGatewaysOff(revisionOf(mesh, revision)) ? 'gateway-pods' : 'gateways';
}

function without(mesh: Mesh, cluster: Cluster, revision: string, part: Part): Cluster {
  if (part !== 'operator') {
    return { ...givenBack(cluster, revision), retiring: { ...cluster.retiring, [revision]: part } };
  }
  const { retiring, ...rest } = cluster;
  const { [revision]: _, ...others } = retiring ?? {};
  return withDefinitionsLeft(mesh, cluster, {
    ...rest,
    revisions: cluster.revisions.filter((name) => name !== revision),
    ...(Object.keys(others).length === 0 ? {} : { retiring: others }),
  });
}

/** What the older operators that stay must not do, where the newest one goes. */
function leavesDefinitions(before: Mesh, after: Mesh): string {
  const [left] = Object.entries(after.clusters).flatMap(([name, { base, crds }]) =>
    base === 'operator' && before.clusters[name]?.base !== base ? [crds] : [],
  );
  return left === undefined
    ? ''
    : ` Istio's CustomResourceDefinitions stay at ${left}: older operators go on leaving them alone, by crds and base of the cluster.`;
}

/**
 * With the first part that goes: an old revision takes all minima with it that the new one was raised to, since nothing goes
 * back to it from here. A new one that was given up takes its own.
 */
function givenBack(cluster: Cluster, revision: string): Cluster {
  if (cluster.retiring?.[revision] !== undefined) return cluster;
  const isOld = cluster.revisions[0] === revision;
  return keepMinReplicas(cluster, (_, each) => !isOld && each !== revision);
}

/** A revision that lives nowhere any more leaves the mesh, and its folder the repository. */
function withoutUnused(mesh: Mesh, revision: string): Mesh {
  if (Object.values(mesh.clusters).some(({ revisions }) => revisions.includes(revision))) return mesh;
  const { [revision]: _, ...revisions } = mesh.revisions;
  return { ...mesh, revisions };
}

function usedBy(mesh: Mesh, name: string, revision: string): Problem[] {
  const cluster = clusterOf(mesh, name);
  const users = [
    ...Object.entries(cluster.serves).flatMap(([gateway, serving]) =>
      serving.includes(revision) ? [`gateway ${gateway}`] : [],
    ),
    ...Object.entries(cluster.tags).flatMap(([tag, tagged]) => (tagged === revision ? [`tag ${tag}`] : [])),
    ...(cluster.default === revision ? ['the default'] : []),
    ...Object.entries(cluster.restarted ?? {}).flatMap(([tag, since]) =>
      since === revision ? [`the workloads on ${tag}, which no commit has restarted since`] : [],
    ),
  ];
  if (users.length === 0) return [];
  return [
    {
      rule: 'revision-in-use',
      message: `Cluster ${name} still uses ${revision}: ${users.join(', ')}.`,
      fix: wayOut(revision, cluster, only(mesh, name)),
    },
  ];
}

function noRevision(mesh: Mesh, revision: string): Problem {
  return {
    rule: 'unknown-revision',
    message: `The mesh has no revision ${revision}.`,
    fix: `Take one of: ${Object.keys(mesh.revisions).join(', ')}`,
  };
}

function unknownUsage(revision: string): Problem {
  return {
    rule: 'usage-unknown',
    message: `Nobody has asked the clusters whether they have left ${revision}; to retire it earlier is an outage.`,
    fix: `Let it look: add --context NAME, the cluster's context in your kubeconfig. Or look yourself that the cut is live in every cluster (the entry Services select the new version) and that no workload is left: istioctl proxy-status may name istiod-${revision} for the gateways of ${revision}, until these are gone, and for nothing else. Then add --force usage-unknown`,
    forcible: true,
  };
}

/** `where`: the option that keeps the command to this cluster. */
function wayOut(revision: string, { revisions: [old, newest], retiring }: Cluster, where: string): string {
  if (newest === undefined) return 'It is the only revision there';
  // A new revision that was given up, or the old one that has begun to go: the other one stays.
  const [going] = Object.keys(retiring ?? {});
  if (going === revision) return `Let the commit that restarts them follow: yo istio-prod:rollback --broken${where}`;
  if (going !== undefined) return `It stays: ${going} is what goes, by yo istio-prod:retire ${going}${where}`;
  return revision === old
    ? `Carry the upgrade to its end first: yo istio-prod:revision ${newest.replaceAll('-', '.')} --through default${where}`
    : `Go back first: yo istio-prod:rollback --all${where}, or --broken where it does not work`;
}
