import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { type Problem, Refusal } from '../model/problem.js';

/** The git repository around a folder. */
export interface Git {
  /** The folder below the top of the repository; "." is the top. */
  readonly path: string;
  /** The branch, and the URL of the remote `origin`, as far as there are any. */
  readonly branch: string;
  /** HEAD is at a commit and on no branch, as CI checks out: what is committed there is on no branch either. */
  readonly detached: boolean;
  readonly origin: string | undefined;
  /** Files with changes that are not committed, of those that git knows. */
  changed(): Promise<string[]>;
  /** Why this branch cannot be committed to: git does not take its name, or it is at another commit. */
  checkBranch(name: string): Promise<Problem[]>;
  /** Makes the branch and goes to it, or goes to it where it exists. */
  branchTo(name: string): Promise<void>;
  /** Commits these paths and nothing else, whatever else is staged. Returns the short hash, or '' where they hold no change. */
  commit(paths: readonly string[], message: string): Promise<string>;
}

/**
 * Whether a folder belongs to a git repository. One that an outer repository ignores does not.
 *
 * Looks at the file system first, since starting git costs more than that.
 */
export async function isInGit(root: string): Promise<boolean> {
  const start = resolve(root);
  let folder = start;
  while (!existsSync(join(folder, '.git'))) {
    if (dirname(folder) === folder) return false;
    folder = dirname(folder);
  }
  if (folder === start) return true;
  return await run(
    'look for a repository',
    async (git) => (await git.checkIgnore(join(start, 'istio-prod.yaml'))).length === 0,
    folder,
  );
}

/** Makes a repository with this branch. */
export async function initGit(root: string, branch: string): Promise<void> {
  mkdirSync(root, { recursive: true });
  await run('git init', (git) => git.init(['--quiet', `--initial-branch=${branch}`]), root);
}

/** Opens the repository around a folder. Throws a Refusal where git is missing or cannot look. */
export async function openGit(root: string): Promise<Git> {
  const [top, branch, origin] = await run(
    'look at the repository',
    async (git) => [
      await git.raw(['rev-parse', '--show-toplevel']),
      await git.raw(['symbolic-ref', '--short', 'HEAD']).catch(() => ''),
      await git.raw(['config', '--get', 'remote.origin.url']).catch(() => ''),
    ],
    root,
  );
  const there = nearestFolder(root);
  const path =
    relative(top?.trim() ?? '', join(realpathSync(there), relative(there, resolve(root)))).replaceAll('\\', '/') || '.';
  return {
    path,
    branch: branch?.trim() || 'main',
    detached: branch?.trim() === '',
    origin: origin?.trim() || undefined,
    changed: async () => {
      const status = await run(
        'look at the working tree',
        (git) =>
          git.raw([
            'status',
            '--porcelain=v1',
            '-z',
            '--untracked-files=no',
            '--',
            path === '.' ? ':(top)' : `:(top,literal)${path}`,
          ]),
        root,
      );
      return status
        .split('\0')
        .filter((entry) => /^.. /.test(entry))
        .map((entry) => entry.slice(path === '.' ? 3 : path.length + 4));
    },
    checkBranch: async (name) => {
      const git = await gitIn(root);
      const taken = await git.raw(['check-ref-format', '--branch', name]).then(
        () => true,
        () => false,
      );
      if (!taken)
        return [
          {
            rule: 'invalid-name',
            message: `Git takes no branch "${name}".`,
            fix: 'Choose another name: --branch-name upgrade',
          },
        ];
      const [there, here] = await Promise.all(
        [`refs/heads/${name}`, 'HEAD'].map((ref) =>
          git.raw(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).catch(() => ''),
        ),
      );
      if (there === '' || there === here) return [];
      return [
        {
          rule: 'branch-differs',
          message: `The branch ${name} is there, at another commit than the one that is checked out.`,
          fix: `Go to it first: git switch ${name}`,
        },
      ];
    },
    branchTo: async (name) => {
      await run(
        `go to branch ${name}`,
        (git) => git.raw(['switch', '--quiet', name]).catch(() => git.raw(['switch', '--quiet', '--create', name])),
        root,
      );
    },
    commit: (paths, message) => commit(root, paths, message),
  };
}

/** A commit needs a name and an address; git says so only after the files are written. */
export async function checkIdentity(root: string): Promise<Problem[]> {
  const git = await gitIn(root);
  return git.raw(['var', 'GIT_COMMITTER_IDENT']).then(
    () => [],
    (error: Error) => {
      refuseWithoutGit(error);
      return [
        {
          rule: 'git-identity',
          message: 'Git does not know who commits.',
          fix: 'Type git config --global user.name "…" and user.email, or take --no-commit',
        },
      ];
    },
  );
}

async function commit(root: string, paths: readonly string[], message: string): Promise<string> {
  // A list of thousands of paths does not fit a command line.
  const folder = mkdtempSync(join(tmpdir(), 'istio-prod-'));
  try {
    const list = join(folder, 'paths');
    writeFileSync(list, paths.map((path) => `:(literal)${path}`).join('\0'));
    const from = [`--pathspec-from-file=${list}`, '--pathspec-file-nul'];
    return await run(
      'commit',
      async (git) => {
        await git.raw(['add', '--all', '--force', ...from]);
        if ((await git.raw(['diff', '--cached', '--name-only'])).trim() === '') return '';
        await git.raw(['commit', '--quiet', '--only', '--message', message, ...from]);
        return (await git.raw(['rev-parse', '--short', 'HEAD'])).trim();
      },
      root,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function run<T>(
  what: string,
  task: (git: import('simple-git').SimpleGit) => Promise<T>,
  root: string,
): Promise<T> {
  try {
    return await task(await gitIn(root));
  } catch (error) {
    refuseWithoutGit(error);
    throw new Refusal(
      [
        {
          rule: 'git',
          message: `Could not ${what}: ${(error as Error).message.trim()}.`,
          fix: 'Mend it and run the same command again: it goes on where it was',
        },
      ],
      2,
      error,
    );
  }
}

/** Throws a Refusal where git failed because there is none. */
function refuseWithoutGit(error: unknown): void {
  if (!(error as Error).message.includes('spawn git ENOENT')) return;
  const message = 'There is no git on PATH.';
  throw new Refusal([{ rule: 'git', message, fix: 'Install git, or take --no-commit' }], 2, error);
}

/** Who commits, and when: CI says so in the environment. Whatever else of git's is there (GIT_DIR in a hook) is not for us. */
const allowEnvironment = ['AUTHOR', 'COMMITTER']
  .flatMap((who) => ['NAME', 'EMAIL', 'DATE'].map((what) => `GIT_${who}_${what}`))
  .concat('GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM');

/** Git in a folder, or in the nearest one above that exists. */
async function gitIn(root: string): Promise<import('simple-git').SimpleGit> {
  // Loaded late: it is most of the start of a command that needs no git.
  const { simpleGit } = await import('simple-git');
  return simpleGit(nearestFolder(root), { allowEnvironment });
}

function nearestFolder(path: string): string {
  let folder = resolve(path);
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}
