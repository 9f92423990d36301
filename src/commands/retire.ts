import { retireRevision } from '../changes/retire-revision.js';
import { usageProblems } from '../cluster/usage.js';
import type { Mesh } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { revisionName } from '../model/revision.js';
import { teamUsage } from '../policy/team-usage.js';
import { changeMesh } from './change.js';
import { lookAt } from './look.js';
import { type Options, sameClusters } from './options.js';
import type { Report } from './report.js';
import type { Repository } from './repository.js';
import { teamObjects } from './team-files.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:retire 1.9.5`: takes the next part of an old revision away: gateways, control plane, operator. */
export function retire(version: string, options: Options, terminal: Terminal): Promise<Report> {
  const revision = revisionName(version);
  const context = options.given['context'];
  return changeMesh(options, terminal, {
    decide: async (mesh, repository) => {
      const { forced } = options;
      const look = context === undefined ? undefined : await usage(mesh, revision, options);
      const clusters = look?.clusters ?? options.lists['cluster'];
      const found = [...inFiles(mesh, revision, repository, clusters), ...(look?.found ?? [])];
      // Where nobody looked at a cluster, a person has to say that the revision is not used there.
      const outcome = retireRevision(mesh, {
        revision,
        clusters,
        found,
        usage: look === undefined ? 'unknown' : 'unused',
        forced,
      });
      const refused =
        context !== undefined &&
        'problems' in outcome &&
        outcome.problems.every(({ rule }) => rule === 'usage-unknown');
      if (refused) throw new Refusal(outcome.problems, 2);
      return outcome;
    },
    next: (taken, mesh) => [
      ...(taken.at(-1)?.name === 'retire-operator' || mesh.revisions[revision] === undefined
        ? []
        : context === undefined
          ? [
              `yo istio-prod:retire ${version}${sameClusters(options)} --force usage-unknown   # the next part, once you have looked again`,
            ]
          : [
              `yo istio-prod:retire ${version}${sameClusters(options)} --context ${context}   # the next part; it looks again`,
            ]),
    ],
  });
}

/** What uses the revision in the team's files. */
function inFiles(
  mesh: Mesh,
  revision: string,
  repository: Repository,
  clusters: readonly string[] = Object.keys(mesh.clusters),
) {
  return mesh.revisions[revision] === undefined ? [] : teamUsage(mesh, revision, teamObjects(repository, clusters));
}

/** What uses the revision in the cluster behind --context. */
async function usage(mesh: Mesh, revision: string, options: Options) {
  const look = await lookAt(mesh, options, 'retire');
  if (look === undefined) throw new Error('There is no context to look at');
  const { cluster, snapshot } = look;
  const lives = mesh.clusters[cluster]?.revisions.includes(revision) === true;
  return { clusters: [cluster], found: lives ? usageProblems(mesh, cluster, revision, snapshot) : [] };
}
