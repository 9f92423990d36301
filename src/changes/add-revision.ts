import { adoptedGoes, isAdopting, upgradeOf } from '../model/adopted.js';
import type { InstallName, Mesh, Revision } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { clusterOf, revisionName, revisionOf } from '../model/revision.js';
import { only } from '../model/words.js';
import { type PhaseName, phasesOf } from '../policy/phases.js';
import { withSharedCharts } from '../policy/shared-charts.js';
import { checkRevision, checkSkew, checkVersion, gatewayMaker } from '../policy/versions.js';
import { givesBack } from './scale-up.js';
import { changedClusters, onlyChanged, unknownClusters } from './select-clusters.js';
import { checkedSteps, type Outcome, type Step, withoutForced } from './step.js';

/** What a person asks of `revision`. */
export interface UpgradeRequest {
  readonly version: string;
  /** Left out: the install method of the newest revision. */
  readonly install?: InstallName | undefined;
  /** Whether Istio's charts become manifests in the repository; left out: as for the newest revision, where that is by charts. */
  readonly render?: boolean | undefined;
  /** Left out: injected, where that version can. */
  readonly gateways?: Revision['gateways'] | undefined;
  /** Left out: all clusters. */
  readonly clusters?: readonly string[] | undefined;
  /** The last phase to carry out. */
  readonly through: PhaseName;
  readonly forced: ReadonlySet<string>;
}

/**
 * Adds a revision and carries the upgrade on from wherever each cluster is, one step a phase.
 *
 * Where it was done before, it goes on; where there is nothing left to do, it has no steps.
 */
export function addRevision(mesh: Mesh, request: UpgradeRequest): Outcome {
  const name = revisionName(request.version);
  const revision = wantedRevision(mesh, request);
  const clusters = request.clusters ?? Object.keys(mesh.clusters);
  const problems = withoutForced(
    [
      ...checkRevision(revision),
      ...checkSame(mesh, name, request),
      ...clusters.flatMap((cluster) => checkCluster(mesh, cluster, request.version)),
    ],
    request.forced,
  );
  if (problems.length > 0) return { problems };

  const steps: Step[] = [];
  let current: Mesh = { ...mesh, revisions: { ...mesh.revisions, [name]: mesh.revisions[name] ?? revision } };
  let reached = mesh;
  const phases = phasesOf(mesh);
  const last = phases.findLastIndex(({ name }) => name === request.through);
  for (const phase of phases.slice(0, last + 1)) {
    const changed = { ...current.clusters };
    for (const cluster of clusters) {
      changed[cluster] = withSharedCharts(current, phase.apply(clusterOf(current, cluster), name));
    }
    current = { ...current, clusters: changed };
    if (JSON.stringify(current) !== JSON.stringify(reached)) {
      const said = onlyChanged(reached, current);
      steps.push({
        name: phase.name,
        mesh: current,
        title: `Istio ${request.version}: ${phase.name}${phase.part ?? ''}`,
        body: `${phase.explains(said, name)}${besides(reached, current)}\n\nClusters: ${changedClusters(reached, current)}`,
        before: phase.before(said),
      });
      reached = current;
    }
  }
  return checkedSteps(steps);
}

function wantedRevision(mesh: Mesh, { version, install, gateways, render }: UpgradeRequest): Revision {
  const known = mesh.revisions[revisionName(version)];
  const newest = Object.values(mesh.revisions).at(-1);
  const by = install ?? known?.install ?? (render ? 'helm' : (newest?.install ?? 'operator'));
  return {
    version,
    install: by,
    ...(render || (by === 'helm' && newest?.charts === 'rendered') ? { charts: 'rendered' } : {}),
    gateways: gateways ?? known?.gateways ?? gatewayMaker(version),
  };
}

/** A revision is frozen: asked for again with other content, it would have to change. */
function checkSame(mesh: Mesh, name: string, { install, gateways, render }: UpgradeRequest): Problem[] {
  const known = mesh.revisions[name];
  if (
    known === undefined ||
    ((install ?? known.install) === known.install &&
      (gateways ?? known.gateways) === known.gateways &&
      (!render || known.charts === 'rendered'))
  )
    return [];
  return [
    {
      rule: 'revision-exists',
      message: `Revision ${name} is there already, installed by ${known.install} with gateways by ${known.gateways}; a revision never changes.`,
      fix: 'Leave --install, --gateway-install and --render away to go on with it, or upgrade to another patch release',
    },
  ];
}

function checkCluster(mesh: Mesh, name: string, version: string): Problem[] {
  const cluster = mesh.clusters[name];
  if (cluster === undefined) return unknownClusters(mesh, [name]);
  const newest = cluster.revisions.at(-1) ?? '';
  if (cluster.retiring?.[revisionName(version)] !== undefined) {
    return [
      {
        rule: 'already-retiring',
        message: `Cluster ${name} is taking ${version} away: what it would move to is not all there.`,
        fix: `Take the rest of it away first: yo istio-prod:retire ${version}${only(mesh, name)}`,
      },
    ];
  }
  if (checkVersion(version).length > 0 || newest === revisionName(version)) return [];
  const problems = checkSkew(name, revisionOf(mesh, newest).version, version);
  if (mesh.adopted !== undefined && !isAdopting(cluster)) {
    problems.push({
      rule: 'third-revision',
      message: `Cluster ${name} may still have gateways of the installation that was there before: blend would send traffic to them, too.`,
      fix: `Finish ${adoptedGoes}`,
    });
  }
  const live = upgradeOf(cluster);
  if (live.length > 1 && !live.includes(revisionName(version))) {
    problems.push({
      rule: 'third-revision',
      message: `Cluster ${name} has two live revisions, ${live.join(' and ')}; ${version} would be the third.`,
      fix: 'Finish the upgrade that is under way, and retire the old revision, first',
    });
  }
  return problems;
}

/** What a phase does beyond its own: shared charts go up with a revision, and raised minima are given back where nothing leads back. */
function besides(before: Mesh, after: Mesh): string {
  const sail = Object.entries(after.clusters).find(([name, cluster]) => cluster.sail !== before.clusters[name]?.sail);
  // By charts, an add says so itself.
  const crds = Object.entries(after.clusters).flatMap(([name, cluster]) =>
    cluster.crds !== undefined &&
    before.clusters[name]?.crds !== cluster.crds &&
    revisionOf(after, cluster.revisions.at(-1) ?? '').install === 'operator'
      ? [cluster.crds]
      : [],
  );
  return [
    crds[0] === undefined
      ? ''
      : ` Istio's CustomResourceDefinitions go to ${crds[0]} in the whole cluster, by the chart that brings them there.`,
    sail === undefined
      ? ''
      : ` The Sail Operator, and Istio's CustomResourceDefinitions with it, go to ${sail[1].sail} in the whole cluster.`,
    givesBack(before, after),
  ].join('');
}
