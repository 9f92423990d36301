import { type Problem, Refusal } from '../model/problem.js';
import { checkIdentity, type Git } from '../repo/git.js';
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
}

/**
 * Plans all steps, shows them once, asks once, and writes them one after the other.
 *
 * `openedGit` gives the git to commit to, which bootstrap may have to make first.
 */
export async function writeSteps(
  repository: Repository,
  { steps, warnings, next }: Proposal,
  options: Options,
  terminal: Terminal,
  openedGit: () => Promise<Git | undefined>,
): Promise<Report> {
  await refuseDirt(repository, options);
  const all = planSteps(repository, steps, options.forced);
  // Without commits, phases would be one diff that cannot be taken one by one.
  const planned = options.commit ? all : all.slice(0, 1);
  if (planned.length === 0) return { status: 'up-to-date', steps: [], warnings, next: [] };
  if (options.dryRun) return { status: 'dry-run', steps: planned, warnings, next: [] };
  if (terminal.interactive && !options.defaults && !options.json) {
    terminal.print(planned.map((step) => `${step.title}\n${summary(step.changes)}`).join('\n\n'));
    const { write } = await terminal.ask([{ type: 'confirm', name: 'write', message: 'Write this?', default: true }]);
    if (write !== true)
      return { status: 'declined', steps: [], warnings: [], next: ['--dry-run shows the whole diff'] };
  }
  const git = await openedGit();
  const branch = options.given['branch-name'];
  if (branch !== undefined) await git?.branchTo(branch);
  const done = [];
  for (const step of planned) done.push({ ...step, commit: await writeStep(repository.root, step, git) });
  return { status: 'done', steps: done, warnings, next };
}

/** Opens a repository, and completes a run that was killed while it wrote: what follows starts from a whole repository. */
export async function openWhole(options: Options, terminal: Terminal): Promise<Repository> {
  const repository = await openRepository(options.root, options.commit);
  const { unfinished, text } = repository;
  if (unfinished === undefined || options.dryRun) return repository;
  if (text !== undefined) {
    const [title = '', ...body] = (unfinished.message ?? '').split('\n');
    const step = {
      name: 'unfinished',
      mesh: meshOf(repository, options.forced),
      text,
      title,
      body: body.join('\n').trim(),
    };
    const git = unfinished.message === undefined ? undefined : repository.git;
    for (const planned of planSteps({ ...repository, text: undefined }, [step], options.forced))
      await writeStep(repository.root, planned, git, unfinished.paths);
    if (!options.json) terminal.print('Completed an earlier run that was cut off.');
  }
  removeUnfinished(repository.root);
  return await openRepository(options.root, options.commit);
}

async function refuseDirt(repository: Repository, options: Options): Promise<void> {
  const problems: Problem[] = [];
  if (repository.git !== undefined && !options.forced.has('dirty-tree'))
    problems.push(...(await checkClean(repository.git)));
  if (options.commit && !options.dryRun) problems.push(...(await checkIdentity(repository.root)));
  if (problems.length > 0) throw new Refusal(problems);
}
