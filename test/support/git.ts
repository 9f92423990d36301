import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who commits, and when: the same in every test, so that commits can be compared, whatever the machine's own settings are. */
export const tester = {
  GIT_AUTHOR_NAME: 'A Tester',
  GIT_AUTHOR_EMAIL: 'tester@example.com',
  GIT_AUTHOR_DATE: '2030-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'A Tester',
  GIT_COMMITTER_EMAIL: 'tester@example.com',
  GIT_COMMITTER_DATE: '2030-01-01T00:00:00Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  // No sample hooks: they are half of the files of a small repository.
  GIT_TEMPLATE_DIR: '',
} as const;

// Commands that run in this process ask git with this environment.
Object.assign(process.env, tester);

/** Runs git in a folder and returns what it printed; throws with its words where it fails. */
export function git(folder: string, ...args: readonly string[]): string {
  return gitWith({}, folder, ...args);
}

/** The same with more environment: another index, for one. */
export function gitWith(env: Readonly<Record<string, string>>, folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Commits everything that is there, as a person would before they run us. */
export function commitAll(folder: string, message: string): void {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', message);
}

/** Title, body and tree of every commit, oldest first: what must be alike where two histories are meant to be the same. */
export function history(folder: string): string[] {
  return git(folder, 'log', '--reverse', '--format=%T%n%B%x00')
    .split('\0')
    .map((commit) => commit.trim())
    .filter((commit) => commit !== '');
}

/** The files with changes that are not committed, and those that git does not know. */
export function uncommitted(folder: string): string[] {
  return git(folder, 'status', '--porcelain', '-z', '--untracked-files=all')
    .split('\0')
    .filter(Boolean)
    .map((entry) => entry.slice(3));
}

/** What git knows of a repository: every branch, where HEAD is, and what is staged. Empty where there is no repository. */
export function gitState(folder: string): string {
  if (!existsSync(join(folder, '.git'))) return '';
  const head = readFileSync(join(folder, '.git/HEAD'), 'utf8');
  return [head, git(folder, 'for-each-ref'), git(folder, 'ls-files', '--stage')].join('\n');
}
