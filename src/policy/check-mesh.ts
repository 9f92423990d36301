import { adopted } from '../model/adopted.js';
import { own } from '../model/maps.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { MeshProblem } from '../model/problem.js';
import { controlPlaneRevisions, gatewayRevisions, revisionName } from '../model/revision.js';
import { checkAdmission } from './admission.js';
import { checkConfig } from './check-config.js';
import { checkReplicas } from './check-replicas.js';
import { checkEntryServices } from './entry-services.js';
import { checkGateways } from './gateways.js';
import { checkLength } from './naming.js';
import { checkRestarted } from './restarts.js';
import { checkSharedCharts } from './shared-charts.js';
import { checkDataPlane, checkRevision } from './versions.js';
import { checkWaves } from './waves.js';

/** Everything that must hold in a mesh beyond the types of its values. Pure; all problems at once. */
export function checkMesh(mesh: Mesh): MeshProblem[] {
  return [
    ...checkPath(mesh),
    ...checkRevisions(mesh),
    ...checkGateways(mesh),
    ...checkEntryServices(mesh),
    ...checkAdmission(mesh),
    ...checkClusters(mesh),
    ...checkWaves(mesh),
    ...checkConfig(mesh),
  ];
}

function checkPath({ repository: { path } }: Mesh): MeshProblem[] {
  const inside =
    !path.startsWith('/') && path.split('/').every((part) => part !== '..' && part !== '') && !path.includes('\\');
  return inside
    ? []
    : [
        {
          at: ['repository', 'path'],
          rule: 'path-outside',
          message: `The path "${path}" leaves the repository.`,
          fix: 'Give the folder of istio-prod.yaml, relative to the top of the repository',
        },
      ];
}

function checkRevisions(mesh: Mesh): MeshProblem[] {
  return Object.entries(mesh.revisions).flatMap(([name, revision]) => {
    const at = ['revisions', name];
    const problems = [...checkRevision(revision), ...checkDataPlane(mesh, revision)].map((problem) => ({
      ...problem,
      at,
    }));
    const right = revisionName(revision.version);
    if (problems.length === 0 && name !== right) {
      problems.push({
        at,
        rule: 'revision-name',
        message: `Revision ${name} holds Istio ${revision.version}.`,
        fix: `Name a new revision after its version (${right}), and let one that is written keep its version`,
      });
    }
    return problems;
  });
}

function checkClusters(mesh: Mesh): MeshProblem[] {
  const names = Object.keys(mesh.clusters);
  if (names.length === 0)
    return [
      {
        at: ['clusters'],
        rule: 'no-cluster',
        message: 'The mesh has no cluster.',
        fix: 'It takes one at least: leave the last one, or add another',
      },
    ];
  return Object.entries(mesh.clusters).flatMap(([name, cluster]) => [
    ...checkLive(mesh, name, cluster),
    ...checkServes(mesh, name, cluster),
    ...checkReplicas(mesh, name),
    ...checkTags(mesh, name, cluster),
    ...checkRestarted(name, cluster),
    ...checkSharedCharts(mesh, name, cluster),
  ]);
}

function checkLive(mesh: Mesh, name: string, cluster: Cluster): MeshProblem[] {
  const at = ['clusters', name, 'revisions'];
  const problems: MeshProblem[] = cluster.revisions
    .filter((revision) => !Object.hasOwn(mesh.revisions, revision))
    .map((revision) => ({
      at,
      rule: 'unknown-revision',
      message: `Cluster ${name} runs ${revision}, which revisions does not have.`,
      fix: `Add it with: yo istio-prod:revision ${revision.replaceAll('-', '.')}`,
    }));
  if (new Set(cluster.revisions).size !== cluster.revisions.length) {
    problems.push({
      at,
      rule: 'unknown-revision',
      message: `Cluster ${name} names a revision twice.`,
      fix: 'Name each once',
    });
  }
  if (cluster.revisions.length > 2) {
    problems.push({
      at,
      rule: 'third-revision',
      message: `Cluster ${name} has ${cluster.revisions.length} live revisions; two are the most, the old and the new one.`,
      fix: 'Finish the upgrade that is under way first',
    });
  }
  const strangers = Object.keys(cluster.retiring ?? {}).filter((revision) => !cluster.revisions.includes(revision));
  return [
    ...problems,
    ...strangers.map((revision) => ({
      at: ['clusters', name, 'retiring', revision],
      rule: 'unknown-revision',
      message: `Cluster ${name} retires ${revision}, which does not run there.`,
      fix: 'Take it out of retiring',
    })),
  ];
}

/** A gateway without an entry, or one that names a revision that does not run, would be an entry Service without pods. */
function checkServes(mesh: Mesh, name: string, cluster: Cluster): MeshProblem[] {
  const missing = Object.keys(mesh.gateways).filter((gateway) => !Object.hasOwn(cluster.serves, gateway));
  const strangers = Object.keys(cluster.serves).filter((gateway) => !Object.hasOwn(mesh.gateways, gateway));
  const at = ['clusters', name, 'serves'];
  return [
    ...missing.map((gateway) => ({
      at,
      rule: 'serves-nothing',
      message: `Cluster ${name} does not say who serves ${gateway}.`,
      fix: `Add ${gateway}: [${gatewayRevisions(cluster).at(-1)}]`,
    })),
    ...strangers.map((gateway) => ({
      at: [...at, gateway],
      rule: 'unknown-gateway',
      message: `Cluster ${name} serves ${gateway}, which gateways does not have.`,
      fix: `Add ${gateway} to gateways, or take it out here`,
    })),
    ...Object.entries(cluster.serves).flatMap(([gateway, revisions]) => {
      const live = servable(mesh, cluster, gateway);
      const problems = notLive(live, revisions, [...at, gateway], `serves ${gateway} from`, name);
      if (revisions.length > 1 && !isBoth(cluster, revisions)) {
        problems.push({
          at: [...at, gateway],
          rule: 'selector-shape',
          message: `${gateway} in cluster ${name} serves from ${revisions.join(', ')}; the selector knows one revision, or all that are live.`,
          fix: `Give one of ${live.join(', ')}, or both`,
        });
      }
      return problems;
    }),
  ];
}

/** What can serve a gateway: the revisions that have one, and what was there before of one that was adopted. */
function servable(mesh: Mesh, cluster: Cluster, gateway: string): string[] {
  const before = own(mesh.gateways, gateway)?.adopted === undefined ? [] : [adopted];
  return [...before, ...gatewayRevisions(cluster)];
}

/** Whether these are all that the shared label selects; what was adopted goes with the one revision beside it. */
function isBoth(cluster: Cluster, serving: readonly string[]): boolean {
  const live = gatewayRevisions(cluster).length + (serving.includes(adopted) ? 1 : 0);
  return serving.length === live && live <= 2;
}

function checkTags(mesh: Mesh, name: string, cluster: Cluster): MeshProblem[] {
  const at = ['clusters', name, 'tags'];
  return [
    ...notLive(
      [...controlPlaneRevisions(cluster), ...(mesh.adopted === undefined ? [] : [adopted])],
      [cluster.default],
      ['clusters', name, 'default'],
      'has as default',
      name,
    ),
    ...Object.entries(cluster.tags).flatMap(([tag, revision]) => [
      ...notLive(controlPlaneRevisions(cluster), [revision], [...at, tag], `has the tag ${tag} on`, name),
      ...checkLength('tag', tag).map((problem) => ({ ...problem, at: [...at, tag] })),
      ...(tag === 'default' || Object.hasOwn(mesh.revisions, tag)
        ? [
            {
              at: [...at, tag],
              rule: 'tag-name',
              message: `The tag ${tag} of cluster ${name} has the name of ${tag === 'default' ? 'the default revision' : 'a revision'}.`,
              fix:
                tag === 'default'
                  ? 'Use the key default of the cluster, which the phase default moves'
                  : 'Rename the tag',
            },
          ]
        : []),
    ]),
  ];
}

/** The revisions that a cluster names and that do not run there; `what` is how it does. */
export function notLive(
  live: readonly string[],
  revisions: readonly string[],
  at: readonly string[],
  what: string,
  name: string,
): MeshProblem[] {
  return revisions
    .filter((revision) => !live.includes(revision))
    .map((revision) => ({
      at,
      rule: 'not-live',
      message: `Cluster ${name} ${what} ${revision}, which does not run there.`,
      fix: `Take one of: ${live.join(', ')}`,
    }));
}
