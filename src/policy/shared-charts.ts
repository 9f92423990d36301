import semver from 'semver';
import { bringsDefinitions, definitionsByChart } from '../catalog/definitions.js';
import { nodeAgent } from '../catalog/node-agent.js';
import { newestBySail, sailFor, sailInstalls } from '../catalog/sail-releases.js';
import { minorOf, since } from '../catalog/versions.js';
import type { Cluster, InstallName, Mesh } from '../model/mesh.js';
import type { MeshProblem } from '../model/problem.js';
import { controlPlaneRevisions } from '../model/revision.js';

/**
 * The cluster with what its revisions share at the version that they need: Istio's CustomResourceDefinitions, where the
 * chart `base` brings them, and the Sail Operator. Both go forward only, and only where they must.
 */
export function withSharedCharts(mesh: Mesh, cluster: Cluster): Cluster {
  const byHelm = versionsOf(mesh, cluster.revisions, 'helm');
  const bySail = versionsOf(mesh, cluster.revisions, 'sail');
  const crds = [
    ...needDefinitions(mesh, cluster, cluster.revisions),
    ...(cluster.crds === undefined ? [] : [cluster.crds]),
  ]
    .toSorted(semver.compare)
    .at(-1);
  const enough =
    cluster.sail === undefined ? bySail.length === 0 : sailProblems(cluster.sail, bySail, byHelm).length === 0;
  const sail = enough ? cluster.sail : (sailFor(bySail) ?? cluster.sail);
  // Who brings the definitions is settled when they come, and never changes hands between releases and manifests.
  const rendered =
    definitionsByChart(cluster) === undefined
      ? chartsOf(mesh, cluster).includes('rendered')
      : cluster.base === 'rendered';
  const next: Cluster = {
    ...cluster,
    ...(crds === undefined ? {} : { crds }),
    ...(rendered ? { base: 'rendered' } : {}),
    ...(sail === undefined ? {} : { sail }),
  };
  if (next.base !== 'operator') return next;
  // What an operator has left stays so until somebody brings definitions that are as new.
  const { base: _, ...released } = next;
  if (byHelm.length > 0) return released;
  const { crds: _left, ...brought } = released;
  return next.sail === undefined && bringsDefinitions(mesh, next) === undefined ? next : brought;
}

/** What must hold of that in a cluster: a control plane needs the definitions of its own version or of a newer one, and an operator that installs it. */
export function checkSharedCharts(mesh: Mesh, name: string, cluster: Cluster): MeshProblem[] {
  const live = controlPlaneRevisions(cluster);
  const byHelm = versionsOf(mesh, live, 'helm');
  const bySail = versionsOf(mesh, live, 'sail');
  const behind = needDefinitions(mesh, cluster, live).filter(
    (version) => semver.valid(cluster.crds) === null || semver.lt(cluster.crds ?? version, version),
  );
  return [
    ...((cluster.crds !== undefined || cluster.base === 'operator') && semver.valid(cluster.crds) === null
      ? [
          {
            at: ['clusters', name, 'crds'],
            rule: 'invalid-version',
            message: `"${cluster.crds ?? ''}" is no version of Istio's CustomResourceDefinitions.`,
            fix: `Set crds: ${byHelm.at(-1) ?? '1.30.3'}`,
          },
        ]
      : []),
    ...behind.map((version) => ({
      at: ['clusters', name, 'crds'],
      rule: 'crds-behind',
      message: `Cluster ${name} runs ${version} with CustomResourceDefinitions of ${cluster.crds ?? 'no chart'}; they must be at the newest version.`,
      fix: `Set crds: ${version}`,
    })),
    ...(cluster.sail === undefined && bySail.length === 0
      ? []
      : sailProblems(cluster.sail, bySail, byHelm).map((what) => ({
          at: ['clusters', name, 'sail'],
          rule: 'sail-behind',
          message: `Cluster ${name} runs the Sail Operator ${cluster.sail ?? '(none)'}, which ${what}.`,
          fix: sailFix(bySail, byHelm),
        }))),
    ...checkMethods(mesh, name, cluster),
    ...checkAgent(mesh, name, cluster),
  ];
}

/** The versions that need the definitions which charts bring: an operator beside charts is told to leave its own out. */
function needDefinitions(mesh: Mesh, cluster: Cluster, revisions: readonly string[]): string[] {
  const byHelm = versionsOf(mesh, revisions, 'helm');
  const byCharts = cluster.sail === undefined && (byHelm.length > 0 || definitionsByChart(cluster) !== undefined);
  return byCharts ? [...byHelm, ...versionsOf(mesh, revisions, 'operator')] : byHelm;
}

/** What a Sail release lacks for these control planes. Its chart brings the definitions of the newest Istio that it installs. */
function sailProblems(sail: string | undefined, bySail: readonly string[], byHelm: readonly string[]): string[] {
  if (sail === undefined || semver.valid(sail) === null) return ['installs nothing'];
  return [
    ...bySail.filter((version) => !sailInstalls(sail, version)).map((version) => `does not install Istio ${version}`),
    ...byHelm
      .filter((version) => !since(sail, minorOf(version)))
      .map((version) => `brings older CustomResourceDefinitions than Istio ${version} needs`),
  ];
}

function sailFix(bySail: readonly string[], byHelm: readonly string[]): string {
  const release = sailFor(bySail);
  if (release !== undefined && sailProblems(release, bySail, byHelm).length === 0) return `Set sail: ${release}`;
  const last = bySail.at(-1);
  const instead = last === undefined ? undefined : newestBySail(minorOf(last), bySail.slice(0, -1));
  return `No release that is known here does for ${[...bySail, ...byHelm].join(' and ')} together: take ${instead === undefined || instead === last ? 'another patch release' : instead}, or another --install`;
}

/** Definitions that a release brought cannot become manifests, or the other way round, without two owners for a while. */
function checkMethods(mesh: Mesh, name: string, cluster: Cluster): MeshProblem[] {
  const all = chartsOf(mesh, cluster);
  const other = all.find((charts) => charts !== (cluster.base ?? 'released'));
  if (other === undefined) return [];
  if (cluster.base === 'operator') {
    return [
      {
        at: ['clusters', name, 'base'],
        rule: 'charts-mixed',
        message: `Cluster ${name} has Istio's CustomResourceDefinitions as an operator left them, and a revision by charts brings them.`,
        fix: other === 'rendered' ? 'Set base: rendered' : 'Take base out',
      },
    ];
  }
  const [is, wants] = [cluster.base ?? 'released', other].map((charts) =>
    charts === 'rendered' ? 'manifests in this repository' : 'releases of charts',
  );
  return [
    {
      at: ['clusters', name, 'revisions'],
      rule: 'charts-mixed',
      message: `Cluster ${name} has Istio's CustomResourceDefinitions by ${is}, and a revision would have them by ${wants}: they cannot change hands.`,
      fix:
        other === 'released'
          ? 'Take --render'
          : all.includes('released')
            ? 'Leave --render away'
            : 'Set base: rendered',
    },
  ];
}

/** How the charts of a cluster's revisions get there. */
function chartsOf(mesh: Mesh, cluster: Cluster): ('rendered' | 'released')[] {
  return cluster.revisions
    .flatMap((name) => mesh.revisions[name] ?? [])
    .filter(({ install }) => install === 'helm')
    .map(({ charts }) => charts ?? 'released');
}

/** Where pods need a node agent, it cannot go from one install method to another without a time in which no pod of the mesh can start. */
function checkAgent(mesh: Mesh, name: string, cluster: Cluster): MeshProblem[] {
  const methods = [...new Set(cluster.revisions.flatMap((revision) => mesh.revisions[revision]?.install ?? []))];
  if (nodeAgent(mesh) === undefined || methods.length < 2) return [];
  return [
    {
      at: ['clusters', name, 'revisions'],
      rule: 'platform-install',
      message: `The CNI node agent of cluster ${name} (platform ${mesh.platform}) would go from ${methods.join(' to ')}, and no pod of the mesh could start meanwhile.`,
      fix: `Stay with --install ${methods[0]}; another method begins in another cluster`,
    },
  ];
}

function versionsOf(mesh: Mesh, revisions: readonly string[], install: InstallName): string[] {
  return revisions
    .flatMap((name) => mesh.revisions[name] ?? [])
    .filter((revision) => revision.install === install && semver.valid(revision.version) !== null)
    .map(({ version }) => version);
}
