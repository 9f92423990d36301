import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { app, command, revision } from '../support/commands.js';
import { commitAll, git, gitState, history, uncommitted } from '../support/git.js';
import { type Stage, Stages } from '../support/scenario.js';
import { treeOf } from '../support/tree.js';

const stages = new Stages();
const bootstrapped = [{ app: { 'istio-version': '1.9.5' } }];
const stage = (): Promise<Stage> => stages.after(bootstrapped);
beforeAll(stage, 60_000);
afterAll(() => stages.close(), 60_000);

describe('commits', () => {
  it('go on where a hook of the team has stopped one', async () => {
    const { repository } = await stage();
    const hook = join(repository, '.git/hooks/pre-commit');
    mkdirSync(join(repository, '.git/hooks'), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    const { exitCode, text } = await command('revision', repository, { version: '1.10.3' });
    expect(exitCode).toBe(2);
    expect(text).toContain('not on a Friday');

    rmSync(hook);
    await revision(repository, '1.10.3');
    const undisturbed = await stage();
    await revision(undisturbed.repository, '1.10.3');
    expect(history(repository)).toStrictEqual(history(undisturbed.repository));
    expect(treeOf(repository)).toStrictEqual(treeOf(undisturbed.repository));
  });

  it('wait for nobody where another git has locked the index: the run says so, and goes on later', async () => {
    const { repository } = await stage();
    writeFileSync(join(repository, '.git/index.lock'), '');
    const { exitCode, text } = await command('revision', repository, { version: '1.10.3' });
    expect(exitCode).toBe(2);
    expect(text).toContain('index.lock');
    rmSync(join(repository, '.git/index.lock'));
    await revision(repository, '1.10.3');
    expect(history(repository)).toHaveLength(5);
    expect(uncommitted(repository)).toStrictEqual([]);
  });

  it('are made in a worktree, in a detached HEAD and below a folder that git ignores', async () => {
    const { top, repository } = await stage();
    writeFileSync(join(repository, '.gitignore'), 'revisions/\n*.yaml\n');
    commitAll(repository, 'Ignore a lot');
    const worktree = join(top, 'worktree');
    git(repository, 'worktree', 'add', '--quiet', '--detach', worktree);
    await revision(worktree, '1.10.3', { through: 'add' });
    expect(git(worktree, 'ls-files', 'revisions/1-10-3')).toContain('deployment.yaml');
    expect(uncommitted(worktree)).toStrictEqual([]);
  });

  it('hold files whose names are patterns for git as they are', async () => {
    const { repository } = await stage();
    for (const name of [':(top)x', '*', 'a b', 'ä', '-n']) writeFileSync(join(repository, name), name);
    await revision(repository, '1.10.3', { through: 'add' });
    expect(uncommitted(repository).sort()).toStrictEqual(['*', '-n', ':(top)x', 'a b', 'ä'].sort());
  });

  it('leave alone what somebody else has staged', async () => {
    const { repository } = await stage();
    writeFileSync(join(repository, 'notes.txt'), 'mine');
    git(repository, 'add', 'notes.txt');
    const { exitCode } = await command('revision', repository, {
      version: '1.10.3',
      through: 'add',
      force: 'dirty-tree',
    });
    expect(exitCode).toBe(0);
    expect(git(repository, 'show', '--stat', '--format=')).not.toContain('notes.txt');
    expect(git(repository, 'diff', '--cached', '--name-only').trim()).toBe('notes.txt');
  });

  it('need somebody who makes them, and say so before a byte is written', async () => {
    const { repository } = await stage();
    const before = { tree: treeOf(repository), git: gitState(repository) };
    const names = ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'] as const;
    const saved = names.map((name) => [name, process.env[name]] as const);
    for (const name of names) delete process.env[name];
    git(repository, 'config', 'user.useConfigOnly', 'true');
    try {
      const { exitCode, text } = await command('revision', repository, { version: '1.10.3' });
      expect({ exitCode, text }).toMatchObject({ exitCode: 1 });
      expect(text).toContain('git-identity');
    } finally {
      for (const [name, value] of saved) process.env[name] = value;
    }
    git(repository, 'config', '--unset', 'user.useConfigOnly');
    expect({ tree: treeOf(repository), git: gitState(repository) }).toStrictEqual(before);
  });
});

describe('the working tree', () => {
  it.each<readonly [string, 'is' | 'is not', (repository: string) => void]>([
    ['a changed file', 'is', (folder) => writeFileSync(join(folder, 'README.md'), 'mine')],
    ['a deleted file', 'is', (folder) => rmSync(join(folder, 'docs/upgrading.md'))],
    ['a renamed file', 'is', (folder) => void git(folder, 'mv', 'README.md', 'READ.md')],
    ['a file that is staged', 'is', (folder) => stageFile(folder, 'notes.txt')],
    ['a file that git does not know', 'is not', (folder) => writeFileSync(join(folder, 'notes.txt'), 'mine')],
    ['a file in custom', 'is not', (folder) => stageFile(folder, 'clusters/production/custom/6-mesh/mine.yaml')],
    ['a file called custom elsewhere', 'is', (folder) => stageFile(folder, 'clusters/custom')],
  ])('with %s %s dirty', async (_, dirty, edit) => {
    const { repository } = await stage();
    edit(repository);
    const { exitCode, text } = await command('revision', repository, { version: '1.10.3', through: 'add' });
    expect(text.includes('dirty-tree'), text).toBe(dirty === 'is');
    expect(exitCode).toBe(dirty === 'is' ? 1 : 0);
  });
});

describe('a folder without git', () => {
  it('gets one, on the branch that is asked for', async () => {
    const { repository } = await stages.after([]);
    await app(repository, { 'istio-version': '1.9.5', branch: 'live' });
    expect(git(repository, 'symbolic-ref', '--short', 'HEAD').trim()).toBe('live');
    expect(readFileSync(join(repository, 'delivery/argo-cd/production.yaml'), 'utf8')).toContain(
      'targetRevision: live',
    );
  });

  it('gets none with --no-commit, and one phase after the other by later runs', async () => {
    const { repository } = await stages.after([]);
    await app(repository, { 'istio-version': '1.9.5', 'no-commit': true });
    for (const phase of ['add', 'workloads', 'blend', 'cut'])
      expect(await revision(repository, '1.10.3', { 'no-commit': true })).toContain(`Istio 1.10.3: ${phase}`);
    expect(await revision(repository, '1.10.3', { 'no-commit': true })).toContain('Up to date');
    expect(existsSync(join(repository, '.git'))).toBe(false);
  });

  it('takes origin and the branch from a git that is there', async () => {
    const { repository } = await stages.after([]);
    git(repository, 'init', '--quiet', '--initial-branch=trunk');
    git(repository, 'remote', 'add', 'origin', 'git@github.com:example/istio.git');
    await app(repository, { 'istio-version': '1.9.5' });
    const delivery = readFileSync(join(repository, 'delivery/argo-cd/production.yaml'), 'utf8');
    expect(delivery).toContain('repoURL: git@github.com:example/istio.git');
    expect(delivery).toContain('targetRevision: trunk');
  });
});

function stageFile(repository: string, path: string): void {
  writeFileSync(join(repository, path), 'mine\n');
  git(repository, 'add', '--', path);
}
