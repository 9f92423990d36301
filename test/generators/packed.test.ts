import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asTyped } from '../../src/commands/front-door.js';
import { type Exited, run } from '../support/built-cli.js';
import { git, history, tester } from '../support/git.js';
import { treeOf } from '../support/tree.js';

const checkout = join(import.meta.dirname, '../..');

/** yo drops root's rights to this user, and cannot read root's home then: so root runs it as this user from the start. */
const ordinary = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {};

describe('the packed package, installed beside yo', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'packed-'));
  const prefix = join(scratch, 'prefix');
  const home = join(scratch, 'home');

  beforeAll(() => {
    for (const folder of [prefix, home]) mkdirSync(folder);
    const [packed] = JSON.parse(must(npm('pack', '--json', '--ignore-scripts', '--pack-destination', scratch)));
    must(
      npm(
        ...['install', '--prefix', prefix, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
        ...[join(scratch, packed.filename), 'yo@7'],
      ),
    );
    chmodSync(scratch, 0o755);
    if (ordinary.uid !== undefined) must(run('chown', ['1000:1000', home], scratch, process.env));
  }, 300_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }), 60_000);

  it('does and says through yo what istio-prod does and says, to the last byte and commit', () => {
    const [byYo, byUs] = [folder('by-yo'), folder('by-us')];
    const bootstrap = ['--istio-version', '1.9.5', '--defaults'];
    const gateway = [
      'public',
      '--kind=ingress',
      '--annotation',
      'a.com/b=c,d',
      '--annotation',
      'e=f',
      '--ports=x:99,y:1999',
    ];
    const both = [
      [yo(byYo, 'istio-prod:revision', '1.10.3'), istioProd(byUs, 'revision', '1.10.3'), 1],
      [yo(byYo, 'istio-prod', ...bootstrap), istioProd(byUs, ...bootstrap), 0],
      [yo(byYo, 'istio-prod'), istioProd(byUs), 0],
      [yo(byYo, 'istio-prod:revision', '1.10.3'), istioProd(byUs, 'revision', '1.10.3'), 0],
      [yo(byYo, 'istio-prod:tag', 'canary', '1.10.3'), istioProd(byUs, 'tag', 'canary', '1.10.3'), 0],
      [yo(byYo, 'istio-prod:gateway', ...gateway), istioProd(byUs, 'gateway', ...gateway), 0],
      [yo(byYo, 'istio-prod:cluster', 'europe'), istioProd(byUs, 'cluster', 'europe'), 0],
    ] as const;
    for (const [throughYo, ours, code] of both) {
      // Each names commands as they were typed.
      expect({ ...throughYo, stdout: asTyped(throughYo.stdout, 'istio-prod') }).toStrictEqual(ours);
      expect(throughYo).toMatchObject({ code, stderr: '' });
    }
    expect(both[0][0].stdout).toContain('make one: yo istio-prod');
    expect(both[0][1].stdout).toContain('make one: istio-prod');
    expect(both.map(([{ stdout }]) => stdout.split('\n')[0])).toStrictEqual([
      expect.stringContaining('no-mesh'),
      expect.stringContaining('Istio 1.9.5: bootstrap'),
      expect.stringContaining('Up to date'),
      expect.stringContaining('Istio 1.10.3: add'),
      expect.stringContaining('tag canary names 1-10-3'),
      expect.stringContaining('add gateway public'),
      expect.stringContaining('add cluster europe'),
    ]);
    expect(treeOf(byYo)).toStrictEqual(treeOf(byUs));
    expect(history(byYo)).toStrictEqual(history(byUs));
    expect(titles(byYo)).toStrictEqual([
      'Istio 1.9.5: bootstrap',
      ...['add', 'workloads', 'blend', 'cut'].map((phase) => `Istio 1.10.3: ${phase}`),
      'Istio: tag canary names 1-10-3',
      'Istio: add gateway public',
      'Istio: add cluster europe',
    ]);
    expect(git(byYo, 'status', '--porcelain')).toBe('');
  }, 120_000);

  it('takes switches and lists through yo as istio-prod does', () => {
    const [byYo, byUs] = [folder('options-of-yo'), folder('options-of-ours')];
    const args = [
      ...['--istio-version', '1.10.3', '--gateways', 'ingress,egress', '--clusters=staging,production'],
      ...['--gateway-namespaces', 'dedicated', '--no-commit', '--json', '--defaults'],
    ];
    const { stdout, ...rest } = yo(byYo, 'istio-prod', ...args);
    expect({ ...rest, stdout: asTyped(stdout, 'istio-prod') }).toStrictEqual(istioProd(byUs, ...args));
    expect(treeOf(byYo)).toStrictEqual(treeOf(byUs));
    expect(readdirSync(byYo)).not.toContain('.git');
  }, 120_000);

  it('refuses through yo what is misspelt, and says its version', () => {
    const root = folder('misspelt');
    expect(yo(root, 'istio-prod', '--istio-verson', '1.9.5', 'now')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/--istio-verson is no option.*takes no now/s),
    });
    expect(yo(root, 'istio-prod:revision', '1.10.3', '--dryrun').stdout).toContain('--dryrun is no option');
    expect(yo(root, 'istio-prod', '--version')).toStrictEqual(istioProd(root, '--version'));
    expect(readdirSync(root)).toStrictEqual([]);
  }, 120_000);

  it('ships what it needs and nothing of the checkout', () => {
    const shipped = readdirSync(join(prefix, 'node_modules/generator-istio-prod'));
    expect(shipped).toEqual(expect.arrayContaining(['dist', 'package.json']));
    expect(shipped).not.toEqual(expect.arrayContaining(['test']));
    expect(shipped).not.toEqual(expect.arrayContaining(['src']));
  });

  function yo(cwd: string, ...args: readonly string[]): Exited {
    return asOrdinary(cwd, join(prefix, 'node_modules/yo/lib/cli.js'), args);
  }

  function istioProd(cwd: string, ...args: readonly string[]): Exited {
    return asOrdinary(cwd, join(prefix, 'node_modules/.bin/istio-prod'), args);
  }

  /** Paths and hashes apart, words must be the same in every folder. */
  function asOrdinary(cwd: string, script: string, args: readonly string[]): Exited {
    const { PATH = '' } = process.env;
    const env = { PATH, ...tester, HOME: home, NO_COLOR: '1', NO_UPDATE_NOTIFIER: '1' };
    const { code, stdout, stderr } = run(process.execPath, [script, ...args], cwd, env, ordinary);
    return { code, stdout: stdout.replaceAll(cwd, '/repository'), stderr: stderr.replaceAll(cwd, '/repository') };
  }

  function folder(name: string): string {
    const path = join(scratch, name);
    mkdirSync(path);
    if (ordinary.uid !== undefined) must(run('chown', ['1000:1000', path], scratch, process.env));
    // What is not ours may be looked at by us, who may be root.
    process.env['GIT_CONFIG_COUNT'] = '1';
    process.env['GIT_CONFIG_KEY_0'] = 'safe.directory';
    process.env['GIT_CONFIG_VALUE_0'] = '*';
    return path;
  }
});

function npm(...args: readonly string[]): Exited {
  return run('npm', args, checkout, process.env);
}

function must({ code, stdout, stderr }: Exited): string {
  if (code !== 0) throw new Error(stdout + stderr);
  return stdout;
}

function titles(folder: string): string[] {
  return git(folder, 'log', '--reverse', '--format=%s').trim().split('\n');
}
