import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inScratch } from '../support/a-repository.js';
import { app, command, revision } from '../support/commands.js';

it('what to type next names the clusters that were asked for: it goes on in no other one', () =>
  inScratch(async (folder) => {
    const only = { cluster: 'staging', commit: false };
    await app(folder, { 'istio-version': '1.30.5', clusters: 'staging,production', commit: false });
    const said = [
      await revision(folder, '1.31.1', { ...only, through: 'add' }),
      await revision(folder, '1.31.1', { ...only, through: 'workloads' }),
      (await command('rollback', folder, only)).text,
      await revision(folder, '1.31.1', only),
      await revision(folder, '1.31.1', only),
      await revision(folder, '1.31.1', only),
      await revision(folder, '1.31.1', { ...only, through: 'default' }),
      (await command('retire', folder, { ...only, version: '1.30.5', force: 'usage-unknown' })).text,
    ];
    for (const text of said) {
      const commands = text.split('\n').filter((line) => /^ +yo istio-prod:(revision|rollback|retire)/.test(line));
      expect(commands.length, text).toBeGreaterThan(0);
      for (const line of commands) expect(line).toContain(' --cluster staging ');
    }
  }));

it('status calls the gateways before a blend dark, and those after a cut draining, as the README does', () =>
  inScratch(async (folder) => {
    const gateways = async () => {
      const { text } = await command('status', folder);
      return text.split('\n').flatMap((line) => / 1-3[01]-\d +(serves|dark|draining)$/.exec(line)?.[1] ?? []);
    };
    await app(folder, { 'istio-version': '1.30.5' });
    await revision(folder, '1.31.1', { through: 'add' });
    expect(await gateways()).toStrictEqual(['serves', 'dark']);
    await revision(folder, '1.31.1', { through: 'cut' });
    expect(await gateways()).toStrictEqual(['draining', 'serves']);
  }));

it('rollback says how the new revision goes when it is dark again, and not before', () =>
  inScratch(async (folder) => {
    await app(folder, { 'istio-version': '1.30.5', clusters: 'staging,production' });
    await revision(folder, '1.31.1', { through: 'blend' });
    const next = async (typed = {}) =>
      (await command('rollback', folder, typed)).text.split('\n').filter((line) => /^ +yo istio-prod:/.test(line));
    const [further, away] = [
      /istio-prod:rollback +# one phase further back$/,
      /istio-prod:retire 1-31-1 +# takes the new/,
    ];
    expect(await next()).toStrictEqual([expect.stringMatching(further)]);
    expect(await next()).toStrictEqual([expect.stringMatching(away)]);
    const { text } = await command('rollback', folder);
    expect(text).toContain('No phase is left to roll back. yo istio-prod:retire 1-31-1: takes the new revision away');
    await revision(folder, '1.31.1', { through: 'default' });
    expect(await next({ all: true })).toStrictEqual([expect.stringMatching(away)]);
  }));

it('rollback says where there is no way back any more to what was adopted', () =>
  inScratch(async (folder) => {
    const manifests = join(import.meta.dirname, '../adopt/installations/istioctl.yaml');
    await command('adopt', folder, { manifests, repository: 'https://git.example.com/mesh.git' });
    const rollback = async () => (await command('rollback', folder, { all: true })).text;
    await revision(folder, '1.16.7', { through: 'cut' });
    expect(await rollback()).toContain('docs/adopting.md, step 1, has the way back from there.');
    expect(await rollback()).toContain('No phase is left to roll back. docs/adopting.md, step 1');
    await revision(folder, '1.16.7', { through: 'default' });
    expect(await rollback()).toContain('There is no way back to the installation that was there before');
  }));
