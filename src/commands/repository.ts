import { join, resolve } from 'node:path';
import { type Mesh, meshFile } from '../model/mesh.js';
import { type Problem, Refusal } from '../model/problem.js';
import { firstOf } from '../model/words.js';
import type { Present } from '../plan/plan-files.js';
import { checkMesh } from '../policy/check-mesh.js';
import { checkEdit } from '../policy/edits.js';
import { listFiles, readText } from '../repo/files.js';
import { type Git, isInGit, openGit } from '../repo/git.js';
import { type Lock, lockFile, parseLock } from '../repo/lock.js';
import { readUnfinished, type Unfinished } from '../repo/unfinished.js';

/** A repository as it is on disk. */
export interface Repository {
  readonly root: string;
  /** The text of istio-prod.yaml; undefined in a folder that is no mesh repository. */
  readonly text: string | undefined;
  readonly lock: Lock;
  readonly present: Present;
  /** The journal of a run that was killed. */
  readonly unfinished: Unfinished | undefined;
  /** The git repository around it, where there is one and this run commits. */
  readonly git: Git | undefined;
}

/** Looks at a folder. Nothing is read but what earlier runs wrote, or this one may have to. */
export async function openRepository(folder: string, commits: boolean): Promise<Repository> {
  const root = resolve(folder);
  const lockContent = readText(root, lockFile);
  const lock: Lock =
    lockContent === undefined ? { locked: new Map(), mesh: undefined, charts: {} } : parseLock(lockContent);
  const unfinished = readUnfinished(root);
  const files = listFiles(root);
  if (lockContent === undefined && unfinished === undefined && [...files].some((path) => path.startsWith('revisions/')))
    throw noLock();
  const beingWritten = new Set(unfinished?.paths);
  return {
    root,
    text: readText(root, meshFile),
    lock,
    unfinished,
    git: commits && (await isInGit(root)) ? await openGit(root) : undefined,
    present: {
      locked: lock.locked,
      content: (path) => (files.has(path) ? readText(root, path) : undefined),
      unfinished: (path) => beingWritten.has(path),
    },
  };
}

/** Without the lock, a file of ours that somebody edited looks like a file of somebody else's, and would be replaced. */
function noLock(): Refusal {
  return new Refusal([
    {
      rule: 'no-lock',
      message: `${lockFile} is gone, and there are revisions: nobody can tell which files were edited.`,
      fix: `Bring it back: git checkout COMMIT -- ${lockFile}, from the last commit that has it`,
    },
  ]);
}

/** A mesh file that is gone does not mean a new repository: what it said still runs. Throws a Refusal. */
export function checkMeshFile({ text, lock }: Repository): void {
  if (text !== undefined || lock.locked.size === 0) return;
  throw new Refusal([
    {
      rule: 'no-mesh',
      message: `${meshFile} is gone, and ${lockFile} says that this is a mesh repository: a new one here would take away what runs.`,
      fix: `Bring it back: git checkout COMMIT -- ${meshFile}, from the last commit that has it`,
    },
  ]);
}

/** The mesh of a repository; throws a Refusal with all that is wrong with istio-prod.yaml, or where there is none. */
export async function meshOf(repository: Repository, forced: ReadonlySet<string>): Promise<Mesh> {
  if (repository.text === undefined) {
    throw new Refusal([
      {
        rule: 'no-mesh',
        message: `${join(repository.root, meshFile)} is not there: this folder is no mesh repository.`,
        fix: 'Go to the folder that has it, or make one: yo istio-prod',
      },
    ]);
  }
  return await readMesh(repository.text, meshFile, repository.lock.mesh, forced);
}

/**
 * Reads and checks the text of a mesh file; throws a Refusal with every problem and its line and column.
 *
 * `before` is the mesh that was written last: where there is one, the edit must be one that a running mesh survives.
 */
export async function readMesh(
  text: string,
  file: string,
  before: Mesh | undefined,
  forced: ReadonlySet<string>,
): Promise<Mesh> {
  // Loaded late: bootstrap reads no YAML.
  const { parseMesh } = await import('../render/mesh-file.js');
  const { mesh, problems, locate } = parseMesh(text, file);
  if (mesh === undefined) throw new Refusal(problems);
  const broken = checkMesh(mesh).map(({ at, ...problem }) => ({
    ...problem,
    message: `${locate(at)}: ${problem.message}`,
  }));
  const edits: Problem[] = before === undefined || broken.length > 0 ? [] : checkEdit(before, mesh);
  const found = [...broken, ...edits.filter(({ rule, forcible }) => forcible !== true || !forced.has(rule))];
  if (found.length > 0) throw new Refusal(found);
  return mesh;
}

/** Uncommitted changes would get into our commit, or make it unclear whose they are. The mesh file and the team's own folders are not in our way. */
export async function checkClean(git: Git): Promise<Problem[]> {
  const dirt = (await git.changed()).filter((path) => path !== meshFile && !/^clusters\/[^/]+\/custom\//.test(path));
  if (dirt.length === 0) return [];
  return [
    {
      rule: 'dirty-tree',
      message: `There are changes that are not committed: ${firstOf(dirt, 5)}.`,
      fix: 'Commit them or put them away (git stash), or take --force dirty-tree',
      forcible: true,
    },
  ];
}
