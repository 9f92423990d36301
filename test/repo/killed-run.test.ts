import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { inScratch } from '../support/a-repository.js';
import { istioProd } from '../support/built-cli.js';
import { app, command, revision } from '../support/commands.js';
import { history, uncommitted } from '../support/git.js';
import { Stages } from '../support/scenario.js';
import { treeOf } from '../support/tree.js';

const hook = ['--import', join(import.meta.dirname, '../support/kill-at.mjs')];
const stages = new Stages();

/** Where a run is killed: `kill-at.mjs` says how to read it. */
const whileBootstrapping = [
  'before 1 git init',
  'after 1 git init',
  'before 1 renameSync istio-prod.unfinished',
  'amid 1 writeFileSync istio-prod.yaml',
  'before 1 renameSync istio-prod.yaml',
  'amid 1 writeFileSync README.md',
  'before 1 mkdirSync clusters/production/4-gateways',
  'amid 1 writeFileSync istio-prod.lock',
  'before 1 git add',
  'after 1 git add',
  'before 1 git commit',
  'after 1 git commit',
  'before 1 rmSync istio-prod.unfinished',
];

const whileUpgrading = [
  'before 1 renameSync istio-prod.yaml',
  'amid 1 writeFileSync revisions/1-10-3/control-plane/istio-operator.yaml',
  'before 1 git commit',
  'before 2 renameSync istio-prod.unfinished',
  'amid 1 writeFileSync 5-switch/tag-prod.yaml',
  'before 2 git commit',
  'amid 1 writeFileSync 5-switch/istio-ingressgateway.selector.json',
  'before 3 rmSync istio-prod.unfinished',
  'after 4 git commit',
];

describe('a run that was killed is completed by the next', () => {
  const whole = { bootstrapped: '', upgraded: '' };
  beforeAll(async () => {
    whole.bootstrapped = (await stages.after([{ app: { 'istio-version': '1.9.5' } }])).repository;
    whole.upgraded = (
      await stages.after([{ app: { 'istio-version': '1.9.5' } }, { revision: { version: '1.10.3' } }])
    ).repository;
    return () => stages.close();
  }, 60_000);

  it.each(whileBootstrapping)('bootstrap, killed %s', (moment) =>
    inScratch(async (scratch) => {
      const folder = join(scratch, 'repository');
      mkdirSync(folder);
      await kill(folder, ['--istio-version', '1.9.5', '--defaults'], moment);
      await app(folder, { 'istio-version': '1.9.5' });
      expectSame(folder, whole.bootstrapped);
    }),
  );

  it.each(whileUpgrading)('an upgrade, killed %s', (moment) =>
    inScratch(async (scratch) => {
      const folder = join(scratch, 'repository');
      cpSync(whole.bootstrapped, folder, { recursive: true });
      await kill(folder, ['revision', '1.10.3'], moment);
      await revision(folder, '1.10.3');
      expectSame(folder, whole.upgraded);
    }),
  );

  it('by another command too, which then leaves nothing to do', () =>
    inScratch(async (scratch) => {
      const folder = join(scratch, 'repository');
      cpSync(whole.bootstrapped, folder, { recursive: true });
      await kill(folder, ['revision', '1.10.3', '--through', 'add'], 'amid 1 writeFileSync README.md');
      expect(await app(folder)).toContain('Istio 1.10.3: add');
      expect(await app(folder)).toContain('Up to date');
      expect(history(folder)).toStrictEqual(history(whole.upgraded).slice(0, 2));
      expect(uncommitted(folder)).toStrictEqual([]);
    }));

  it('and a dry run before it writes nothing', () =>
    inScratch(async (scratch) => {
      const folder = join(scratch, 'repository');
      cpSync(whole.bootstrapped, folder, { recursive: true });
      await kill(folder, ['revision', '1.10.3'], 'amid 1 writeFileSync README.md');
      const before = treeOf(folder);
      const { text } = await command('revision', folder, { version: '1.10.3', 'dry-run': true });
      expect(treeOf(folder)).toStrictEqual(before);
      expect(text).toContain('cut off');
    }));

  it('unless somebody edited a file in between, which is refused and kept', () =>
    inScratch(async (scratch) => {
      const folder = join(scratch, 'repository');
      cpSync(whole.bootstrapped, folder, { recursive: true });
      await kill(folder, ['revision', '1.10.3'], 'before 1 mkdirSync clusters/production/4-gateways');
      const path = 'clusters/production/5-switch/istio-ingressgateway.selector.json';
      writeFileSync(join(folder, path), '[]\n');
      const before = treeOf(folder);
      await expect(revision(folder, '1.10.3')).rejects.toThrow(`edited-file: ${path} is managed`);
      expect(treeOf(folder)).toStrictEqual(before);
    }));
});

async function kill(folder: string, args: readonly string[], moment: string): Promise<void> {
  const { code, stdout, stderr } = istioProd(folder, args, { KILL_AT: moment }, hook);
  expect({ code, stdout, stderr }, 'the run must be killed, not end').toMatchObject({ code: null });
  // A git that was started outlives the run that started it.
  if (moment.startsWith('after')) await setTimeout(300);
}

function expectSame(folder: string, whole: string): void {
  expect(history(folder)).toStrictEqual(history(whole));
  expect(treeOf(folder)).toStrictEqual(treeOf(whole));
  expect(uncommitted(folder)).toStrictEqual([]);
}
