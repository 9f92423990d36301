import type { Outcome, Step } from '../changes/step.js';
import type { Mesh } from '../model/mesh.js';
import { type Problem, Refusal } from '../model/problem.js';
import { firstOf } from '../model/words.js';
import { checkPaths } from '../repo/files.js';
import { hashOf } from '../repo/lock.js';
import { type MeshStep, planMesh } from './carry-out.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import { meshOf, type Repository } from './repository.js';
import type { Terminal } from './terminal.js';
import { openWhole, writeSteps } from './write-steps.js';

/** What a command that edits the mesh brings: the change, which may look at a cluster first, and what to type after it. */
export interface Change {
  readonly decide: (mesh: Mesh, repository: Repository) => Outcome | Promise<Outcome>;
  /** What to type after the steps that were taken, beyond the push of each. */
  readonly next: (taken: readonly Step[], mesh: Mesh) => readonly string[];
  /** What a person should know of the mesh that comes of it; left out: nothing. */
  readonly warnings?: (after: Mesh, before: Mesh) => readonly string[];
}

/** Carries a change of the mesh into istio-prod.yaml and all that follows from it. */
export async function changeMesh(
  options: Options,
  terminal: Terminal,
  { decide, next, warnings }: Change,
): Promise<Report> {
  const repository = await openWhole(options);
  const propose = async () => {
    const mesh = await meshOf(repository, options.forced);
    const outcome = await decide(mesh, repository);
    const steps = 'steps' in outcome ? outcome.steps : [];
    const problems = [
      ...('problems' in outcome ? outcome.problems : []),
      ...filesProblems(repository, mesh, options.forced),
    ];
    if (problems.length > 0) throw new Refusal(problems);
    const taken = options.commit ? steps : steps.slice(0, 1);
    return {
      steps: await withTexts(repository.text ?? '', mesh, steps),
      warnings: warnings?.(steps.at(-1)?.mesh ?? mesh, mesh) ?? [],
      next: next(taken, mesh),
      pushTo: mesh.repository.branch,
    };
  };
  return await writeSteps(repository, { propose, git: async () => repository.git }, options, terminal);
}

/** Each step with the mesh file that it leaves. */
async function withTexts(start: string, mesh: Mesh, steps: readonly Step[]): Promise<MeshStep[]> {
  const { editMeshFile } = await import('../render/mesh-file.js');
  let text = start;
  let before = mesh;
  return steps.map((step) => {
    text = editMeshFile(text, before, step.mesh);
    before = step.mesh;
    return { ...step, text };
  });
}

/** The files must be what istio-prod.yaml calls for now: what is not would get into the commit of a phase. */
function filesProblems(repository: Repository, mesh: Mesh, forced: ReadonlySet<string>): Problem[] {
  const { problems, changes } = planMesh(mesh, repository.lock.mesh, repository.present, forced);
  const links = checkPaths(repository.root, changes);
  const { locked } = repository.present;
  const pending = changes.filter(
    (change) => change.type === 'create' || hashOf(change.before) === locked.get(change.path)?.hash,
  );
  if (problems.length > 0 || links.length > 0 || pending.length === 0) return [...problems, ...links];
  return [
    {
      rule: 'settings-pending',
      message: `istio-prod.yaml, or this version of generator-istio-prod, says more than the files show (${firstOf(
        pending.map(({ path }) => path),
        3,
      )} would change); one commit changes settings or a phase, never both.`,
      fix: 'Run yo istio-prod first',
    },
  ];
}
