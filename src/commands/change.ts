import type { Outcome, Step } from '../changes/step.js';
import type { Mesh } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { editMeshFile } from '../render/mesh-file.js';
import { planMesh } from './carry-out.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import { meshOf, type Repository } from './repository.js';
import type { Terminal } from './terminal.js';
import { openWhole, writeSteps } from './write-steps.js';

/** What a command that edits the mesh brings: the pure change, and what to type after it. */
export interface Change {
  readonly decide: (mesh: Mesh) => Outcome;
  /** The next steps, after the steps that were taken. */
  readonly next: (taken: readonly Step[], mesh: Mesh) => readonly string[];
}

/** Carries a change of the mesh into istio-prod.yaml and all that follows from it. */
export async function changeMesh(options: Options, terminal: Terminal, { decide, next }: Change): Promise<Report> {
  const repository = await openWhole(options, terminal);
  const mesh = meshOf(repository, options.forced);
  const outcome = decide(mesh);
  if ('problems' in outcome) throw new Refusal(outcome.problems);
  refusePending(repository, mesh, options);

  let text = repository.text ?? '';
  let before = mesh;
  const steps = outcome.steps.map((step) => {
    text = editMeshFile(text, before, step.mesh);
    before = step.mesh;
    return { ...step, text };
  });
  const taken = options.commit ? steps : steps.slice(0, 1);
  const proposal = { steps, warnings: [], next: next(taken, mesh) };
  return await writeSteps(repository, proposal, options, terminal, async () => repository.git);
}

/** An edit of istio-prod.yaml that was not rendered yet would get into the commit of a phase. */
function refusePending(repository: Repository, mesh: Mesh, options: Options): void {
  const pending = planMesh(mesh, repository.present, options.forced);
  if (pending.problems.length > 0 || pending.changes.length === 0) return;
  throw new Refusal([
    {
      rule: 'settings-pending',
      message: `istio-prod.yaml says more than the files show (${pending.changes.length} would change); one commit changes settings or a phase, never both.`,
      fix: 'Run yo istio-prod first',
    },
  ]);
}
