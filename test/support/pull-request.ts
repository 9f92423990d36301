import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitWith } from './git.js';
import { scratchRoot } from './scratch-root.js';

const noLock = [':(top)', ':(top,exclude,glob)**/istio-prod.lock'];
const plain = ['--no-color', '--no-ext-diff', '--no-renames'];
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

interface Commit {
  readonly id: string;
  readonly parent: string;
  readonly branch: string;
  readonly message: string;
}

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
  const left = diff(repository, 'HEAD', treeOfWorktree(repository), show);
  return [
    ...commitsSince(repository, before).map(
      ({ id, parent, branch, message }) =>
        `# A commit on ${branch}\n${indented(message)}\n\n${diff(repository, parent, id, show)}`,
    ),
    ...(left === '' ? [] : [`# Not committed\n\n${left}`]),
  ].join('\n');
}

function commitsSince(repository: string, before: readonly string[]): Commit[] {
  const format = '--format=%H%x00%P%x00%S%x00%B%x00%x00';
  return git(repository, 'log', '--reverse', '--topo-order', '--branches', '--source', format, '--not', ...before)
    .split('\0\0')
    .map((record) => record.trim().split('\0'))
    .flatMap(([id = '', parent = '', ref = '', message = '']) =>
      id === ''
        ? []
        : [{ id, parent: parent || emptyTree, branch: ref.replace('refs/heads/', ''), message: message.trim() }],
    );
}

function diff(repository: string, from: string, to: string, show: readonly string[]): string {
  const whole = git(repository, 'diff-tree', '-p', ...plain, from, to, '--', ...(show.length > 0 ? show : noLock));
  const others =
    show.length === 0
      ? ''
      : git(repository, 'diff-tree', '-r', '--name-status', ...plain, from, to, '--', ...noLock, ...show.map(excluded));
  return whole.replaceAll(/^index .*\n/gm, '') + (others === '' ? '' : `# And:\n${indented(others.trimEnd())}\n`);
}

function excluded(path: string): string {
  return `:(top,exclude)${path}`;
}

/** The working tree as a tree of git's, without a touch of the index. */
function treeOfWorktree(repository: string): string {
  const folder = mkdtempSync(join(scratchRoot, 'istio-prod-index-'));
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
