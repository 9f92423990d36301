import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../src/commands/options.js';
import { inScratch } from '../support/a-repository.js';
import { type Exited, istioProd } from '../support/built-cli.js';
import { app } from '../support/commands.js';
import { git, history } from '../support/git.js';
import { treeOf } from '../support/tree.js';

const bootstrap = ['--istio-version', '1.9.5', '--defaults'];

describe('the built command', () => {
  it('exits 0 where it is done, with an empty stderr, and 0 again where there is nothing to do', () =>
    inScratch((folder) => {
      expect(istioProd(folder, bootstrap)).toMatchObject({ code: 0, stderr: '', stdout: /Istio 1\.9\.5: bootstrap/ });
      expect(history(folder)).toHaveLength(1);
      expect(istioProd(folder, [])).toMatchObject({ code: 0, stderr: '' });
      expect(istioProd(folder, []).stdout).toContain('Up to date');
    }));

  it('exits 1 where it refuses, and says what to type next', () =>
    inScratch((folder) => {
      const { code, stdout } = istioProd(folder, ['revision', '1.10.3']);
      expect(code).toBe(1);
      expect(stdout).toContain('no-mesh');
      expect(stdout).toContain('→');
      expect(readdirSync(folder)).toStrictEqual([]);
    }));

  it('exits 2 where git is not there to look with', () =>
    inScratch((folder) => {
      mkdirSync(join(folder, 'path'));
      symlinkSync(process.execPath, join(folder, 'path/node'));
      mkdirSync(join(folder, 'repository'));
      const { code, stdout } = istioProd(join(folder, 'repository'), bootstrap, { PATH: join(folder, 'path') });
      expect({ code, stdout }).toMatchObject({ code: 2 });
      expect(stdout).toContain('git');
      expect(readdirSync(join(folder, 'repository')), 'nothing is written').toStrictEqual([]);
    }));

  it('exits 2 where a file cannot be read', () =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.9.5' });
      const lock = join(folder, 'istio-prod.lock');
      const text = readFileSync(lock, 'utf8');
      writeFileSync(lock, text);
      mkdirSync(join(folder, 'istio-prod.unfinished'));
      expect(istioProd(folder, [])).toMatchObject({ code: 2 });
    }));

  it('takes the defaults where there is no terminal, without --defaults', () =>
    inScratch((folder) => {
      expect(istioProd(folder, ['--istio-version', '1.9.5'])).toMatchObject({ code: 0 });
      expect(treeOf(folder).get('istio-prod.yaml')).toContain('istio-ingressgateway');
    }));

  it.each([[[]], [['revision']]])('says its version, and helps with every option: %s', (words) =>
    inScratch((folder) => {
      const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
      expect(istioProd(folder, [...words, '--version'])).toStrictEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
      const { code, stdout, stderr } = istioProd(folder, [...words, '--help']);
      expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
      const own = optionsOf(words.length > 0 ? 'revision' : 'app').map(({ name }) => `--${name}`);
      expect(own.filter((option) => !new RegExp(`${option}\\b`).test(stdout))).toStrictEqual([]);
      expect(readdirSync(folder)).toStrictEqual([]);
    }),
  );

  it.each([
    ['an unknown option', ['--colour'], '--colour is no option', '--help'],
    ['an unknown option of a subcommand', ['status', '--colour=no'], '--colour is no option', 'status --help'],
    ['an option of the other command', ['rollback', '--gateways', 'egress'], '--gateways is no option', '--help'],
    ['an option before its command', ['--for', '1s', 'watch'], '--for is no option', '--help'],
    ['an unknown command', ['revsion', '1.10.3'], 'takes no revsion 1.10.3', '--help'],
    ['an option without its value', ['--istio-version'], '--istio-version is typed without its value', '1.9.5'],
    ['a value that is none of the choices', ['--engine', 'spinnaker'], '--engine spinnaker', 'argo-cd|flux'],
    ['a revision without a version', ['revision'], 'revision takes VERSION', 'revision VERSION'],
  ])('refuses %s with exit 1 and writes nothing, in JSON where it is asked for', (_, args, message, fix) =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.9.5' });
      const before = treeOf(folder);
      const { code, stdout, stderr } = istioProd(folder, args);
      expect({ code, stderr }).toStrictEqual({ code: 1, stderr: '' });
      expect(stdout).toContain(message);
      const json = istioProd(folder, ['--json', ...args]);
      expect(json).toMatchObject({ code: 1, stderr: '' });
      const problem = { message: expect.stringContaining(message), fix: expect.stringContaining(fix) };
      expect(JSON.parse(json.stdout)).toMatchObject({
        status: 'refused',
        problems: expect.arrayContaining([expect.objectContaining(problem)]),
      });
      expect(treeOf(folder)).toStrictEqual(before);
    }),
  );

  it('names all options that are none, and what else is wrong', () =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.22.3' });
      const { stdout } = istioProd(folder, ['gateway', 'x', '--kind', 'door', '--frob', '1', '--engine', 'flux', '-x']);
      expect(stdout.match(/(?<=✖ )[^.:]+: \S+/g)).toStrictEqual([
        ...['engine', 'frob', 'x'].map((name) => `unknown-option: --${name}`),
        'invalid-option: --kind',
        'gateway-kind: The',
      ]);
    }));

  it('writes nothing in a dry run, not even .git', () =>
    inScratch((folder) => {
      const { code, stdout } = istioProd(folder, [...bootstrap, '--dry-run']);
      expect(code).toBe(0);
      expect(stdout).toContain('+++ b/istio-prod.yaml');
      expect(stdout).toContain('nothing was written');
      expect(readdirSync(folder)).toStrictEqual([]);
    }));

  it('begins a dry run with what a run would make', () =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.9.5' });
      const { stdout } = istioProd(folder, ['revision', '1.10.3', '--dry-run']);
      expect(stdout.split('\n').slice(0, 5)).toStrictEqual([
        'Dry run: nothing is written. A run would make 4 commits:',
        ...['add', 'workloads', 'blend', 'cut'].map((phase, at) => `  ${at + 1}. Istio 1.10.3: ${phase}`),
      ]);
    }));

  it('names every commit with the push of it, in the words that were typed', () =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.9.5' });
      const { stdout } = istioProd(folder, ['revision', '1.10.3']);
      const commits = git(folder, 'log', '--reverse', '--format=%h   # %s', '-4').trim().split('\n');
      const pushes = [...stdout.matchAll(/^ {2}git push origin (\w+):main( .*)$/gm)].map(
        ([, id, rest]) => `${id}${rest}`,
      );
      expect(pushes).toStrictEqual(commits);
      expect(stdout).toMatch(/Wait at least \d+ minutes? after this is synced/);
      expect(stdout).toContain('istio-prod revision 1.10.3 --through default');
      expect(stdout).not.toContain('yo ');
    }));

  it('pushes to the branch that it was told to commit to', () =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.9.5' });
      const { stdout } = istioProd(folder, ['revision', '1.10.3', '--through', 'add', '--branch-name', 'upgrade']);
      expect(stdout).toMatch(/git push origin \w+:refs\/heads\/upgrade /);
    }));

  it('takes an annotation with commas of its own, several times', () =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.22.3' });
      const annotations = ['--annotation', 'example.com/a=b=c,d=e', '--annotation', 'example.com/f=g'];
      expect(istioProd(folder, ['gateway', 'public', '--kind', 'ingress', ...annotations])).toMatchObject({ code: 0 });
      const entry = readFileSync(join(folder, 'bases/istio-gateways/entry/public.yaml'), 'utf8');
      expect(entry).toContain('    example.com/a: b=c,d=e\n    example.com/f: g\n');
    }));

  it('shows in a dry run the very diff that a run then commits', () =>
    inScratch(async (folder) => {
      await app(folder, { 'istio-version': '1.9.5' });
      const before = treeOf(folder);
      const { stdout } = istioProd(folder, ['revision', '1.10.3', '--through', 'add', '--dry-run']);
      expect(treeOf(folder)).toStrictEqual(before);
      istioProd(folder, ['revision', '1.10.3', '--through', 'add']);
      const changed = [...treeOf(folder)].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
      const shown = [...stdout.matchAll(/^diff --git a\/(.*) b\//gm)].map(([, path]) => path);
      expect(shown.sort()).toStrictEqual(changed.filter((path) => path !== 'istio-prod.lock').sort());
    }));

  it('writes the files and leaves git alone with --no-commit', () =>
    inScratch((folder) => {
      expect(istioProd(folder, [...bootstrap, '--no-commit'])).toMatchObject({ code: 0 });
      expect(existsSync(join(folder, '.git'))).toBe(false);
      expect(existsSync(join(folder, 'clusters/production/kustomization.yaml'))).toBe(true);
    }));

  it('works on another folder with --root, wherever the option stands', () =>
    inScratch((folder) => {
      expect(istioProd(folder, ['--root', 'there', ...bootstrap])).toMatchObject({ code: 0 });
      expect(istioProd(folder, ['--root', 'there', 'revision', '1.10.3', '--through', 'add'])).toMatchObject({
        code: 0,
      });
      expect(istioProd(folder, ['revision', '1.10.3', '--root', 'there'])).toMatchObject({ code: 0 });
      expect(history(join(folder, 'there'))).toHaveLength(5);
      expect(readdirSync(folder)).toStrictEqual(['there']);
    }));
});

describe('--json', () => {
  const report = ({ stdout, code, stderr }: Exited) => ({ code, stderr, json: JSON.parse(stdout) });

  it('prints what was done, and nothing else', () =>
    inScratch((folder) => {
      const { code, stderr, json } = report(istioProd(folder, [...bootstrap, '--json']));
      expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
      expect(json).toMatchObject({ status: 'done', steps: [{ name: 'bootstrap', title: 'Istio 1.9.5: bootstrap' }] });
      expect(json.steps[0].commit).toMatch(/^[0-9a-f]{7,}$/);
      expect(json.steps[0].changes).toContainEqual({ type: 'create', path: 'istio-prod.yaml' });
      expect(report(istioProd(folder, ['--json']))).toMatchObject({
        code: 0,
        json: { status: 'up-to-date', steps: [] },
      });
      const next = report(istioProd(folder, ['revision', '1.10.3', '--json', '--dry-run']));
      expect(next.json.steps.map(({ name }: { name: string }) => name)).toStrictEqual([
        'add',
        'workloads',
        'blend',
        'cut',
      ]);
    }));

  it('prints every problem of a refusal with rule, message and fix', () =>
    inScratch((folder) => {
      const { code, json } = report(istioProd(folder, ['--istio-version', '1.24', '--clusters', 'A,b', '--json']));
      expect(code).toBe(1);
      expect(json.status).toBe('refused');
      expect(json.problems.map(({ rule }: { rule: string }) => rule)).toStrictEqual([
        'invalid-version',
        'invalid-name',
      ]);
      for (const problem of json.problems)
        expect(problem).toMatchObject({ message: expect.any(String), fix: expect.any(String) });
      expect(readdirSync(folder)).toStrictEqual([]);
    }));
});

describe('the help', () => {
  it('names every command', () =>
    inScratch((folder) => {
      expect(istioProd(folder, ['--help']).stdout).toMatch(/\brevision\b/);
    }));

  it.each([[[]], [['adopt']], [['revision']], [['verify']]])('fits a terminal of 80 columns: %s', (words) =>
    inScratch((folder) => {
      const lines = istioProd(folder, [...words, '--help']).stdout.split('\n');
      expect(lines.length).toBeGreaterThan(10);
      expect(lines.filter((line) => line.length > 80)).toStrictEqual([]);
    }),
  );
});
