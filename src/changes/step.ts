import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { checkMesh } from '../policy/check-mesh.js';

/** One commit: the mesh that it leads to, and what it says. */
export interface Step {
  /** The phase of an upgrade, or what else the commit is. */
  readonly name: string;
  readonly mesh: Mesh;
  /** The first line of the commit message. */
  readonly title: string;
  readonly body: string;
  /** The end of the message: what must be so before the next commit is merged. Lines that start with spaces are commands. */
  readonly before?: string;
}

/** What a change comes to: the steps to take, which may be none, or all the reasons why it is refused. */
export type Outcome = { readonly steps: readonly Step[] } | { readonly problems: readonly Problem[] };

/** The steps, or what is wrong with a mesh that one of them leads to: a command must not write what every later one refuses. */
export function checkedSteps(steps: readonly Step[]): Outcome {
  const problems = new Map(
    steps.flatMap(({ mesh }) => checkMesh(mesh)).map(({ at: _, ...problem }) => [problem.message, problem]),
  );
  return problems.size > 0 ? { problems: [...problems.values()] } : { steps };
}

/** An outcome with what else is wrong, so that all is said at once. */
export function besides(problems: readonly Problem[], outcome: Outcome): Outcome {
  if (problems.length === 0) return outcome;
  return { problems: [...problems, ...('problems' in outcome ? outcome.problems : [])] };
}

/** Leaves out what `--force RULE` allows. */
export function withoutForced<P extends Problem>(problems: readonly P[], forced: ReadonlySet<string>): P[] {
  return problems.filter(({ rule, forcible }) => forcible !== true || !forced.has(rule));
}
