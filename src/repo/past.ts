import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Refusal } from '../model/problem.js';
import { isInGit } from './git.js';

/** A commit that the files are compared with. */
export interface Past {
  /** How to name it: a short hash. */
  readonly commit: string;
  /** The folder of istio-prod.yaml as it was then; undefined where the files are the same as in that commit. */
  readonly folder: string | undefined;
}

/**
 * Brings the files of a commit into a scratch folder, runs a task with them, and removes them. The working tree, the index
 * and the branches stay as they are.
 *
 * Without a git repository, or before its first commit, there is no past. Throws a Refusal where a commit that was asked
 * for is not there.
 */
export async function withPast<T>(
  root: string,
  since: string | undefined,
  task: (past: Past | undefined) => Promise<T>,
): Promise<T> {
  const hash = (await isInGit(root)) ? await commitOf(root, since ?? 'HEAD') : '';
  if (hash === '') {
    if (since !== undefined) throw noCommit(since);
    return await task(undefined);
  }
  const commit = hash.slice(0, 7);
  const unchanged =
    hash === (await commitOf(root, 'HEAD')) &&
    (await git(root, ['status', '--porcelain', '--untracked-files=all', '--', '.'])) === '';
  if (unchanged) return await task({ commit, folder: undefined });

  const scratch = mkdtempSync(join(tmpdir(), 'istio-prod-past-'));
  try {
    const [top = '', prefix = ''] = (await git(root, ['rev-parse', '--show-toplevel', '--show-prefix'])).split('\n');
    const env = { GIT_INDEX_FILE: join(scratch, 'index') };
    const folder = join(scratch, 'files');
    const there = await git(top, ['read-tree', `${hash}:${prefix}`], env).then(
      () => true,
      // The folder of istio-prod.yaml is younger than that commit.
      () => false,
    );
    if (there) await git(top, ['checkout-index', '--all', '--quiet', `--prefix=${folder}/`], env);
    return await task(there ? { commit, folder } : undefined);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function commitOf(root: string, since: string): Promise<string> {
  const found = git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${since}^{commit}`]);
  return await found.then(
    (hash) => hash.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw noGit(error);
      return '';
    },
  );
}

/** Runs git with the environment of a person's shell, without what a hook or CI may have said about another repository. */
async function git(
  folder: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const own = Object.entries(process.env).filter(([key]) => !key.startsWith('GIT_') || key.startsWith('GIT_CONFIG_'));
  const { stdout } = await promisify(execFile)('git', args, {
    cwd: resolve(folder),
    env: { ...Object.fromEntries(own), ...more },
    maxBuffer: 2 ** 26,
  });
  return stdout;
}

function noGit(cause: Error): Refusal {
  const message = 'Git is not on PATH, and what must not change is compared with the last commit.';
  return new Refusal([{ rule: 'git', message, fix: 'Install git' }], 2, cause);
}

function noCommit(since: string): Refusal {
  return new Refusal(
    [
      {
        rule: 'no-commit',
        message: `There is no commit "${since}" to compare with.`,
        fix: `Fetch it first (git fetch origin; in CI, with its history), or leave --since away`,
      },
    ],
    2,
  );
}
