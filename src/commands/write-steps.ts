import { type Problem, Refusal } from '../model/problem.js';
import { checkIdentity, type Git } from '../repo/git.js';
import { hashOf } from '../repo/lock.js';
import { removeUnfinished } from '../repo/unfinished.js';
import { type MeshStep, planSteps, writeStep } from './carry-out.js';
import type { Options } from './options.js';
import { type Report, summary } from './report.js';
import { checkClean, meshOf, openRepository, type Repository } from './repository.js';
import type { Terminal } from './terminal.js';

/** What a command hands over to be written: its steps, and the words around them. */
export interface Proposal {
  readonly steps: readonly MeshStep[];
  readonly warnings: readonly string[];
  readonly next: readonly string[];
  /** The branch that the commits are pushed to one by one; left out: `next` says what to push. */
  readonly pushTo?: string;
}

/** What a command is made of: what it proposes, which may be refused, and the git that its commits go to. */
export interface Plan {
  readonly propose: () => Promise<Proposal>;
  /** Bootstrap may have to make the git first. */
  readonly git: () => Promise<Git | undefined>;
}

/**
 * Plans all steps, shows them once, asks once, and writes them one after the other.
 *
 * Throws a Refusal with every problem there is: of the working tree, of the request and of the files.
 */
export async function writeSteps(
  repository: Repository,
  plan: Plan,
  options: Options,
  terminal: Terminal,
): Promise<Report> {
  const problems = await treeProblems(repository, options);
  const proposal = await collect(problems, plan.propose);
  const all = proposal && (await collect(problems, async () => planSteps(repository, proposal.steps, options.forced)));
  if (all === undefined || proposal === undefined || problems.length > 0) throw new Refusal(problems);

  const { next } = proposal;
  const warnings = [...proposal.warnings, ...detachedWarning(repository.git, options)];
  // Without commits, phases would be one diff that cannot be taken one by one.
  const planned = options.commit ? all : all.slice(0, 1);
  if (planned.length === 0) return { status: 'up-to-date', steps: [], warnings, next: [] };
  if (options.dryRun) return { status: 'dry-run', steps: planned, warnings, next: [] };
  if (terminal.interactive && !options.defaults && !options.json) {
    terminal.print(planned.map((step) => `${step.title}\n${summary(step.changes)}`).join('\n\n'));
    const { write } = await terminal.ask([{ type: 'confirm', name: 'write', message: 'Write this?', default: true }]);
    if (write !== true) {
      return { status: 'declined', steps: [], warnings: [], next: ['--dry-run shows the whole diff'] };
    }
  }
  const git = await plan.git();
  const branch = options.given['branch-name'];
  if (branch !== undefined) await git?.branchTo(branch);
  const done = [];
  for (const step of planned) done.push({ ...step, commit: await writeStep(repository.root, step, git) });
  const to = branch === undefined ? proposal.pushTo : `refs/heads/${branch}`;
  return { status: 'done', steps: done, warnings, next: [...(to === undefined ? [] : pushes(done, to)), ...next] };
}

/** What to type after commits that go out one by one: the push of each, and what must be so before the next. */
function pushes(steps: Report['steps'], to: string): string[] {
  return steps.flatMap(({ title, commit, before }) => [
    ...(commit === undefined ? [] : [`git push origin ${commit}:${to}   # ${title}`]),
    ...(before ?? '').split('\n').flatMap((line) => (line === '' ? [] : [`  ${line}`])),
  ]);
}

/** A repository, and what was completed in it before anything else. */
export interface WholeRepository extends Repository {
  readonly completed: Report['steps'];
}

/** Opens a repository, and completes a run that was killed while it wrote: what follows starts from a whole repository. */
export async function openWhole(options: Options): Promise<WholeRepository> {
  const repository = await openRepository(options.root, options.commit);
  const { unfinished, text, root } = repository;
  if (unfinished === undefined) return { ...repository, completed: [] };
  if (options.dryRun) {
    throw new Refusal([
      {
        rule: 'unfinished-run',
        message: 'An earlier run was cut off while it wrote.',
        fix: 'Run any command but a dry run: it completes that one first',
      },
    ]);
  }
  const completed = [];
  // Killed before its mesh was there, a run has written nothing but the journal.
  if (text !== undefined && hashOf(text) === unfinished.mesh) {
    const { title, body, commits, paths } = unfinished;
    const mesh = await meshOf({ ...repository, lock: { ...repository.lock, mesh: undefined } }, options.forced);
    const git = commits ? repository.git : undefined;
    const steps = [{ name: 'unfinished', mesh, text, title, body }];
    for (const step of await planSteps({ ...repository, text: undefined }, steps, options.forced)) {
      completed.push({ ...step, commit: await writeStep(root, step, git, paths) });
    }
  }
  removeUnfinished(root);
  return { ...(await openRepository(options.root, options.commit)), completed };
}

function detachedWarning(git: Git | undefined, options: Options): string[] {
  if (git?.detached !== true || options.given['branch-name'] !== undefined) return [];
  return [
    'HEAD is on no branch, so these commits are on none either: git switch --create NAME keeps them, and --branch-name NAME makes the branch first.',
  ];
}

/** What forbids to write into this working tree at all. */
async function treeProblems(repository: Repository, options: Options): Promise<Problem[]> {
  const clean =
    repository.git === undefined || options.forced.has('dirty-tree') ? [] : await checkClean(repository.git);
  const branch = await branchProblems(repository, options);
  // A new repository is written all the same, and left to be committed by a person.
  const identity =
    options.commit && !options.dryRun && repository.text !== undefined ? await checkIdentity(repository.root) : [];
  return [...clean, ...branch, ...identity];
}

/** The files are planned upon what is checked out, so the branch to commit to must be new, or at the same commit. */
async function branchProblems({ git }: Repository, options: Options): Promise<Problem[]> {
  const name = options.given['branch-name'];
  if (name === undefined) return [];
  if (!options.commit) {
    const message = '--branch-name says where to commit, and --no-commit says not to.';
    return [{ rule: 'invalid-option', message, fix: 'Leave one of them away' }];
  }
  return (await git?.checkBranch(name)) ?? [];
}

/** Runs a task; where it is refused, adds its problems to the others. One that could not look ends the run at once. */
async function collect<T>(problems: Problem[], task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof Refusal) || error.exitCode === 2) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
