import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/** One commit: the mesh that it leads to, and what it says. */
export interface Step {
  /** The phase of an upgrade, or what else the commit is. */
  readonly name: string;
  readonly mesh: Mesh;
  /** The first line of the commit message. */
  readonly title: string;
  readonly body: string;
}

/** What a change comes to: the steps to take, which may be none, or all the reasons why it is refused. */
export type Outcome = { readonly steps: readonly Step[] } | { readonly problems: readonly Problem[] };

/** Leaves out what `--force RULE` allows. */
export function withoutForced<P extends Problem>(problems: readonly P[], forced: ReadonlySet<string>): P[] {
  return problems.filter(({ rule, forcible }) => forcible !== true || !forced.has(rule));
}
