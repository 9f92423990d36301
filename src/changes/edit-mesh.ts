import type { z } from 'zod';
import { type Mesh, meshSchema } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { checkEdit } from '../policy/edits.js';
import { checkedSteps, type Outcome, type Step, withoutForced } from './step.js';

/** The one step of an edit, held to what an edit by hand is held to; no step where it changes nothing. */
export function editStep(before: Mesh, step: Step, forced: ReadonlySet<string>): Outcome {
  if (JSON.stringify(before) === JSON.stringify(step.mesh)) return { steps: [] };
  const parsed = meshSchema.safeParse(step.mesh);
  if (!parsed.success) return { problems: parsed.error.issues.map((issue) => invalidAnswer(issue)) };
  const outcome = checkedSteps([step]);
  // What an edit does can be asked of a mesh that holds alone.
  if ('problems' in outcome) return outcome;
  const edits = withoutForced(checkEdit(before, step.mesh), forced);
  return edits.length === 0 ? outcome : { problems: edits };
}

/** What is wrong with an answer; `within` is the path of what was parsed. */
export function invalidAnswer(issue: z.core.$ZodIssue, within: readonly string[] = []): Problem {
  const message = (issue.code === 'invalid_key' ? issue.issues[0] : undefined)?.message ?? issue.message;
  return {
    rule: 'invalid-answer',
    message: `${[...within, ...issue.path].join('.')}: ${message}.`,
    fix: 'Give another value',
  };
}
