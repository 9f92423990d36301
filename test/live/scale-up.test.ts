import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Snapshot } from '../../src/cluster/snapshot.js';
import { inScratch } from '../support/a-repository.js';
import { app, command, revision, type Typed } from '../support/commands.js';
import { git } from '../support/git.js';
import { treeOf } from '../support/tree.js';
import { changed, type Loose, recorded, without } from './recorded.js';
import { replay } from './replay.js';

const more = recorded('more-old-gateways');
const fresh = 'istio-ingressgateway-1-21-6';
const ask = { version: '1.21.6', check: true, context: 'here' };

/** The new gateways in the cluster. */
function resized(snapshot: Snapshot, ready: number, replicas = ready): Snapshot {
  return changed(snapshot, 'deployments', (all) => {
    for (const each of all.filter(({ metadata }) => metadata.name === fresh) as Loose[]) {
      each['spec'].replicas = replicas;
      each['status'].readyReplicas = ready;
    }
    return all;
  });
}

/** The file of the layer of the gateways that says how many. */
const patch = `clusters/production/4-gateways/${fresh}.replicas.json`;

describe('--scale-up', () => {
  let server: Server | undefined;
  afterEach(() => {
    vi.unstubAllEnvs();
    server?.close();
  });

  /** Runs a task in the repository of the cluster that was recorded; each command sees the cluster as its snapshot has it. */
  const inRepository = (
    task: (
      run: (name: 'revision' | 'rollback', snapshot: Snapshot, typed: Typed) => ReturnType<typeof command>,
      folder: string,
    ) => Promise<void>,
  ) =>
    inScratch(async (scratch) => {
      const folder = join(scratch, 'mesh');
      await app(folder, { 'istio-version': '1.20.8', engine: 'flux' });
      await revision(folder, '1.21.6', { through: 'blend' });
      await task(async (name, snapshot, typed) => {
        server?.close();
        const replayed = await replay(scratch, snapshot);
        server = replayed.server;
        vi.stubEnv('KUBECONFIG', replayed.kubeconfig);
        return await command(name, folder, typed);
      }, folder);
    });

  it('makes one commit of it and stops; the same command waits, and then goes on', () =>
    inRepository(async (run, folder) => {
      const before = git(folder, 'rev-parse', 'HEAD').trim();
      const scaled = await run('revision', more, { ...ask, 'scale-up': true });
      expect(scaled).toMatchObject({ exitCode: 0 });
      expect(git(folder, 'log', '--format=%s', `${before}..`).trim()).toBe('Istio 1.21.6: scale up');
      expect(
        scaled.text
          .replaceAll(/[0-9a-f]{7,}:/g, 'COMMIT:')
          .split('\n')
          .slice(-5),
      ).toStrictEqual([
        'Next',
        '  git push origin COMMIT:main   # Istio 1.21.6: scale up',
        '    Go on when that many pods are ready:',
        '        kubectl -n istio-gateways get deployment istio-ingressgateway-1-21-6    # 4',
        '  yo istio-prod:revision 1.21.6 --check --context here --scale-up   # goes on when they are ready',
      ]);
      expect(git(folder, 'diff', '--name-only', before).trim().split('\n')).toStrictEqual([
        patch,
        'clusters/production/4-gateways/kustomization.yaml',
        'istio-prod.lock',
        'istio-prod.yaml',
      ]);
      expect(JSON.parse(treeOf(folder).get(patch) ?? '')).toStrictEqual([
        { op: 'replace', path: '/spec/minReplicas', value: 4 },
      ]);

      const tree = treeOf(folder);
      const waiting = await run('revision', more, { ...ask, 'scale-up': true });
      expect(waiting).toMatchObject({ exitCode: 1, text: expect.stringContaining('less-capacity') });
      expect(waiting.text).toContain('1-21-6 asks for as many: push it, wait until 4 are ready');
      const starting = await run('revision', resized(more, 3, 4), { ...ask, 'scale-up': true });
      expect(starting).toMatchObject({ exitCode: 1, text: expect.stringContaining('3 of 4 pods of 1-21-6 ready') });
      expect(treeOf(folder)).toStrictEqual(tree);

      const cut = await run('revision', resized(more, 4), { ...ask, 'scale-up': true, json: true });
      expect(JSON.parse(cut.text)).toMatchObject({ status: 'done', steps: [{ name: 'cut' }] });
    }));

  it('does nothing but show where nothing is to be written, and tells machines', () =>
    inRepository(async (run, folder) => {
      const before = treeOf(folder);
      const dry = await run('revision', more, { ...ask, 'scale-up': true, 'dry-run': true });
      expect(dry).toMatchObject({ exitCode: 0 });
      expect(dry.text).toContain('A run would write: Istio 1.21.6: scale up');
      expect(treeOf(folder)).toStrictEqual(before);
      const { text } = await run('revision', more, { ...ask, 'scale-up': true, 'dry-run': true, json: true });
      expect(JSON.parse(text)).toMatchObject({ status: 'dry-run', steps: [{ name: 'scale-up' }] });
    }));

  it('brings the old ones back up before traffic goes back to them', () =>
    inRepository(async (run, folder) => {
      await revision(folder, '1.21.6', { through: 'default' });
      // The recording with the names of the two revisions changed: the new ones have grown.
      const text = JSON.stringify(more).replaceAll(/1([-_.])(20([-_.])8|21([-_.])6)/g, (_, a, rest: string) =>
        rest.startsWith('20') ? `1${a}21${a}6` : `1${a}20${a}8`,
      );
      const grown = JSON.parse(text) as Snapshot;
      const all = { ...ask, version: undefined, all: true };
      const refused = await run('rollback', grown, all);
      expect(refused).toMatchObject({ exitCode: 1 });
      expect(refused.text).toContain(
        '→ Type yo istio-prod:rollback --all --check --context here --scale-up: one commit sets clusters.production.minReplicas.istio-ingressgateway.1-20-8: 4',
      );
      const scaled = await run('rollback', grown, { ...all, 'scale-up': true });
      expect(scaled).toMatchObject({ exitCode: 0 });
      expect(scaled.text).toContain('yo istio-prod:rollback --all --check --context here --scale-up   # goes on');
      expect(git(folder, 'log', '-1', '--format=%s').trim()).toBe('Istio 1.20.8: scale up');
    }));

  it.each([
    ['gateways that are not ready, too', resized(more, 1, 2), 1, 'gateways-not-ready'],
    ['what nobody knows, too', without(more, 'autoscalers'), 1, 'live-unknown'],
  ])('refuses %s', (_, snapshot, exitCode, rule) =>
    inRepository(async (run, folder) => {
      const before = treeOf(folder);
      const refused = await run('revision', snapshot, { ...ask, 'scale-up': true });
      expect(refused).toMatchObject({ exitCode, text: expect.stringContaining(rule) });
      expect(treeOf(folder)).toStrictEqual(before);
    }),
  );

  it('goes with --check and --context', () =>
    inRepository(async (run) => {
      const alone = await run('revision', more, { version: '1.21.6', 'scale-up': true });
      expect(alone).toMatchObject({ exitCode: 1 });
      expect(alone.text).toContain('--scale-up, --check and --context go together');
      expect(alone.text).toContain('Type --check --context NAME --scale-up');
      const unchecked = await run('rollback', more, { context: 'here', 'scale-up': true });
      expect(unchecked.text).toContain('Type --check --context here --scale-up');
    }));
});
