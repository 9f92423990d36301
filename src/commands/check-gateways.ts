import type { Outcome } from '../changes/step.js';
import { type Again, readiness } from '../cluster/readiness.js';
import type { Mesh } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { lookAt } from './look.js';
import type { Options } from './options.js';

/**
 * What a change comes to with `--check`: before traffic moves, whether the gateways that get it are there in the cluster,
 * ready, and as many as serve now. Throws a Refusal with exit code 2 where that is not known.
 *
 * `moves`: the names of the steps that move traffic; `to`: the revision that gets it in a cluster.
 */
export async function checked(
  mesh: Mesh,
  outcome: Outcome,
  options: Options,
  { moves, to, again }: { moves: readonly string[]; to: (cluster: string) => string | undefined; again: Again },
): Promise<Outcome> {
  const context = options.given['context'];
  if (context === undefined && !options.check) return outcome;
  if (context === undefined || !options.check) {
    const message = `--check and --context go together: ${context === undefined ? 'which cluster is to be looked at' : 'what is to be done with the cluster'}?`;
    return { problems: [{ rule: 'invalid-option', message, fix: `Type --check --context ${context ?? 'NAME'}` }] };
  }
  if ('problems' in outcome || !outcome.steps.some(({ name }) => moves.includes(name))) return outcome;
  const look = await lookAt(mesh, options);
  if (look === undefined) throw new Error('There is no context to look at');
  const revision = to(look.cluster);
  if (revision === undefined) return outcome;
  // The first step's mesh knows the revision in any case.
  const { problems, unknown } = readiness(outcome.steps[0]?.mesh ?? mesh, look.cluster, revision, look.snapshot, again);
  if (problems.length === 0 && unknown.length > 0) throw new Refusal(unknown, 2);
  return problems.length > 0 ? { problems: [...problems, ...unknown] } : outcome;
}
