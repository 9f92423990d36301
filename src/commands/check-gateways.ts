import { scaleUp } from '../changes/scale-up.js';
import type { Outcome, Step } from '../changes/step.js';
import { type Asked, readiness } from '../cluster/readiness.js';
import type { Mesh } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { lookAt } from './look.js';
import { type Options, sameClusters } from './options.js';

/** The command that asks, with all that it was asked for: without it, it would go on elsewhere when it is typed again. */
export function asked(by: Asked['by'], typed: string, options: Options): Asked {
  const context = options.given['context'] ?? 'NAME';
  return { by, command: `yo istio-prod:${by}${typed}${sameClusters(options)} --check --context ${context}` };
}

/** What to type next where gateways were scaled up and nothing else was done; undefined for any other step. */
export function afterScaleUp(taken: readonly Step[], { command }: Asked): string[] | undefined {
  return taken.at(-1)?.name === 'scale-up' ? [`${command} --scale-up   # goes on when they are ready`] : undefined;
}

/**
 * What a change comes to with `--check`: before traffic moves, whether the gateways that get it are there in the cluster,
 * ready, and as many as serve now. With `--scale-up`, where they are but too few, one step that makes them more instead.
 * Throws a Refusal with exit code 2 where that is not known.
 *
 * `moves`: the names of the steps that move traffic; `to`: the revision that gets it in a cluster.
 */
export async function checked(
  mesh: Mesh,
  outcome: Outcome,
  options: Options,
  { moves, to, asked }: { moves: readonly string[]; to: (cluster: string) => string | undefined; asked: Asked },
): Promise<Outcome> {
  const context = options.given['context'];
  if (context === undefined && !options.check && !options.scaleUp) return outcome;
  if (context === undefined || !options.check) {
    const names = `${options.scaleUp ? '--scale-up, ' : ''}--check and --context`;
    const message = `${names} go together: ${context === undefined ? 'which cluster is to be looked at' : 'what is to be done with the cluster'}?`;
    const fix = `Type --check --context ${context ?? 'NAME'}${options.scaleUp ? ' --scale-up' : ''}`;
    return { problems: [{ rule: 'invalid-option', message, fix }] };
  }
  if ('problems' in outcome || !outcome.steps.some(({ name }) => moves.includes(name))) return outcome;
  const look = await lookAt(mesh, options, 'gateways');
  if (look === undefined) throw new Error('There is no context to look at');
  const { cluster, snapshot } = look;
  const revision = to(cluster);
  if (revision === undefined) return outcome;
  // The first step's mesh knows the revision in any case.
  const gateways = outcome.steps[0]?.mesh ?? mesh;
  const { problems, unknown, short } = readiness(gateways, cluster, revision, snapshot, asked);
  if (problems.length === 0 && unknown.length > 0) throw new Refusal(unknown, 2);
  if (problems.length === 0) return outcome;
  if (options.scaleUp && unknown.length === 0 && problems.length === Object.keys(short).length) {
    const scaled = scaleUp(mesh, { cluster, revision, pods: short });
    if ('problems' in scaled || scaled.steps.length > 0) return scaled;
  }
  return { problems: [...problems, ...unknown] };
}
