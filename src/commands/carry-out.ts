import { engines } from '../catalog/catalog.js';
import type { Step } from '../changes/step.js';
import { withoutForced } from '../changes/step.js';
import type { FileSpec } from '../model/file-spec.js';
import { type Mesh, meshFile } from '../model/mesh.js';
import { type Problem, Refusal } from '../model/problem.js';
import { packageVersion } from '../package.js';
import { layout } from '../plan/layout.js';
import { type FileChange, type LockedFile, type Plan, type Present, planFiles } from '../plan/plan-files.js';
import { renewedFiles } from '../plan/renewed.js';
import { changedPaths } from '../policy/edits.js';
import { render } from '../render/render.js';
import { checkPaths, writeChanges, writeWhole } from '../repo/files.js';
import type { Git } from '../repo/git.js';
import { hashOf, lockFile, lockText } from '../repo/lock.js';
import { removeUnfinished, writeUnfinished } from '../repo/unfinished.js';
import { digestsOf, renderCharts } from './charts.js';
import type { Repository } from './repository.js';

/** A step with the text of the mesh file that it leaves. */
export interface MeshStep extends Step {
  readonly text: string;
}

/** A step with all that it changes: the mesh file, what follows from it, and the lock. */
export interface PlannedStep extends MeshStep {
  readonly changes: readonly FileChange[];
  readonly lock: string;
}

/** Plans every step in memory, each upon the one before. Throws a Refusal with all problems; nothing is written. */
export async function planSteps(
  repository: Repository,
  steps: readonly MeshStep[],
  forced: ReadonlySet<string>,
): Promise<PlannedStep[]> {
  let { present, text } = repository;
  let digests = repository.lock.charts;
  let written = repository.lock.mesh;
  const planned: PlannedStep[] = [];
  for (const step of steps) {
    const specs = layout(step.mesh);
    const renewed = renewedFiles(written, step.mesh);
    const charts = await renderCharts(specs, present, digests, renewed);
    digests = digestsOf(specs, charts, digests);
    const content = (spec: FileSpec) => render(spec, charts).content;
    const plan = planFiles(specs, present, { render: content, hash: hashOf, forced, renewed });
    const changes = [...meshChange(text, step.text), ...plan.changes];
    const problems = withoutForced<Problem>([...plan.problems, ...checkPaths(repository.root, changes)], forced);
    if (problems.length > 0) throw new Refusal(problems);
    // What a mesh says without changing a file is in the lock alone.
    const silent = written !== undefined && changedPaths(written, step.mesh).length > 0;
    if (plan.changes.length > 0 || text !== step.text || silent) {
      const hands = [
        ...(plan.dropped.length === 0 ? [] : [`Drops what was edited by hand in: ${plan.dropped.join(', ')}`]),
        ...(plan.restored.length === 0 ? [] : [`Brings back what was deleted by hand: ${plan.restored.join(', ')}`]),
      ];
      const ends = beforeNext(step, plan);
      planned.push({
        ...step,
        ...ends,
        body: [step.body, ...hands, ...Object.values(ends)].join('\n\n'),
        changes,
        lock: lockText(packageVersion(), step.mesh, plan.locked, digests),
      });
    }
    present = after(present, plan);
    text = step.text;
    written = step.mesh;
  }
  return planned;
}

/** What must be so before the next step, with what a person must apply. */
function beforeNext({ mesh, before }: Step, { changes }: Plan): { readonly before?: string } {
  const handOver = changes
    .filter(({ type, path }) => type === 'update' && path.startsWith('delivery/') && engines[mesh.engine].appliedByHand)
    .map(({ path }) => path);
  const all = [
    ...(before === undefined ? [] : [before]),
    ...(handOver.length === 0
      ? []
      : [
          `Nothing syncs the hand-over, so apply it too (before you merge where something comes, after where something goes):\n\n    kubectl apply --server-side -f ${handOver.join(' -f ')}`,
        ]),
  ];
  return all.length === 0 ? {} : { before: all.join('\n\n') };
}

/** What a mesh would change in the files of `before`, as they are. Only to look: what helm would have to make is left empty. */
export function planMesh(mesh: Mesh, before: Mesh | undefined, present: Present, forced: ReadonlySet<string>): Plan {
  const content = (spec: FileSpec) =>
    spec.source.kind === 'chart' || spec.source.kind === 'images' ? '' : render(spec).content;
  return planFiles(layout(mesh), present, {
    render: content,
    hash: hashOf,
    forced,
    renewed: renewedFiles(before, mesh),
  });
}

/**
 * Writes one step, and commits it where there is a git to commit to. Returns the short hash of the commit.
 *
 * The journal is there from the first byte to the commit: a run that is killed between leaves a repository that the next
 * run completes, because the mesh file is written before all that follows from it. `alsoPaths` are written already and
 * belong to the same commit.
 */
export async function writeStep(
  root: string,
  step: PlannedStep,
  git: Git | undefined,
  alsoPaths: readonly string[] = [],
): Promise<string | undefined> {
  const paths = [...new Set([meshFile, ...step.changes.map(({ path }) => path), ...alsoPaths, lockFile])];
  const { title, body, text } = step;
  writeUnfinished(root, { paths, mesh: hashOf(text), title, body, commits: git !== undefined });
  writeWhole(root, meshFile, text);
  writeChanges(
    root,
    step.changes.filter(({ path }) => path !== meshFile),
  );
  writeWhole(root, lockFile, step.lock);
  const commit = await git?.commit(paths, `${title}\n\n${wrapped(body)}`);
  removeUnfinished(root);
  return commit;
}

/** Lines of at most 72 characters, as git shows them best; commands, which start with spaces, stay whole. */
function wrapped(text: string): string {
  return text
    .split('\n')
    .map((line) => (line.startsWith(' ') ? line : line.replaceAll(/(.{1,72})(?: +|$)/g, '$1\n').trimEnd()))
    .join('\n')
    .trim();
}

function meshChange(before: string | undefined, content: string): FileChange[] {
  if (before === undefined) return [{ type: 'create', path: meshFile, content }];
  return before === content ? [] : [{ type: 'update', path: meshFile, before, content }];
}

/** The repository as it will be once a plan is carried out. */
function after(present: Present, plan: Plan): Present {
  const changed = new Map<string, string | undefined>(
    plan.changes.map((change) => [change.path, change.type === 'delete' ? undefined : change.content]),
  );
  const locked: ReadonlyMap<string, LockedFile> = plan.locked;
  return {
    locked,
    content: (path) => (changed.has(path) ? changed.get(path) : present.content(path)),
    unfinished: present.unfinished,
  };
}
