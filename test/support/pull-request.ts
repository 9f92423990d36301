import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git, gitWith } from './git.js';

const noLock = [':(top)', ':(top,exclude,glob)**/istio-prod.lock'];
const plain = ['--no-color', '--no-ext-diff', '--no-renames'];

/** The commits that a repository has, on any branch. */
export function commitsOf(repository: string): string[] {
  if (!existsSync(join(repository, '.git'))) return [];
  return git(repository, 'rev-list', '--all').split('\n').filter(Boolean);
}

/**
 * What a reviewer sees: every commit that was not there before, with its message and its diff, then what is not
 * committed. The lock is left out; with `show` only these paths are whole, and the others are named.
 */
export function pullRequest(repository: string, before: readonly string[], show: readonly string[] = []): string {
  const commits = git(repository, 'rev-list', '--all', '--reverse', '--topo-order', ...before.map((id) => `^${id}`))
    .split('\n')
    .filter(Boolean);
  const worktree = treeOfWorktree(repository);
  const left = diff(repository, git(repository, 'rev-parse', 'HEAD^{tree}').trim(), worktree, show);
  return [
    ...commits.map((commit) => {
      const branch = git(repository, 'branch', '--contains', commit, '--format=%(refname:short)').trim();
      const message = git(repository, 'log', '-1', '--format=%B', commit).trim();
      const [parent = emptyTree] = git(repository, 'log', '-1', '--format=%P', commit).split(/\s/).filter(Boolean);
      return `# A commit on ${branch.split('\n').join(', ')}\n${indented(message)}\n\n${diff(repository, parent, commit, show)}`;
    }),
    ...(left === '' ? [] : [`# Not committed\n\n${left}`]),
  ].join('\n');
}

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

function diff(repository: string, from: string, to: string, show: readonly string[]): string {
  const whole = git(repository, 'diff-tree', '-p', ...plain, from, to, '--', ...(show.length > 0 ? show : noLock));
  const others =
    show.length === 0
      ? ''
      : git(repository, 'diff-tree', '-r', '--name-status', ...plain, from, to, '--', ...noLock, ...show.map(excluded));
  return whole.replaceAll(/^index .*\n/gm, '') + (others === '' ? '' : `# And: \n${indented(others.trimEnd())}\n`);
}

function excluded(path: string): string {
  return `:(top,exclude)${path}`;
}

/** The working tree as a tree of git's, without a touch of the index. */
function treeOfWorktree(repository: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'istio-prod-index-'));
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    gitWith(env, repository, 'add', '--all', ':(top)');
    return gitWith(env, repository, 'write-tree').trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '#   ').replaceAll(/^$/gm, '#');
}
