import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inScratch } from '../support/a-repository.js';
import { app, command, revision } from '../support/commands.js';
import { Bases, type Edited } from './bases.js';

const bases = new Bases();
afterAll(() => bases.close());

/** What the rule finds, compared with the commit before. */
async function hits(repository: Edited): Promise<string[]> {
  const { findings } = await repository.verified({ since: 'HEAD~1' });
  return findings.filter(({ rule }) => rule === 'crds-forward').map(({ message }) => message);
}

describe('definitions that a newer operator has left', () => {
  let given: Edited;
  beforeAll(async () => {
    given = await bases.copyOf('operator');
    const done = [await command('rollback', given.folder, { all: true })];
    for (let part = 0; part < 3; part += 1)
      done.push(await command('retire', given.folder, { version: '1.23.4', force: 'usage-unknown' }));
    expect(done.map(({ exitCode }) => exitCode)).toStrictEqual([0, 0, 0, 0]);
  }, 60_000);

  it('stay as they are', async () => expect((await given.verified({ since: 'HEAD~1' })).findings).toStrictEqual([]));

  it('would go back where the patch of the older one is taken out', async () => {
    const layer = 'clusters/production/3-control-planes/kustomization.yaml';
    const patch =
      '  - path: crds.patch.yaml\n    target:\n      kind: IstioOperator\n      name: control-plane-1-22-5\n';
    const edited = bases.copyOfFolder(given.folder).replace(layer, patch, '');
    expect(await hits(edited)).toStrictEqual([
      expect.stringContaining('brings definitions of 1.22.5, and 1.23.4 is there'),
    ]);
  });

  it('would go back where the mesh no longer knows of them', async () => {
    const edited = bases
      .copyOfFolder(given.folder)
      .replace('istio-prod.yaml', '    crds: 1.23.4\n    base: operator\n', '');
    expect(await command('app', edited.folder)).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('crds-back'),
    });
    expect(await command('app', edited.folder, { force: 'crds-back' })).toMatchObject({ exitCode: 0 });
    expect(await hits(edited)).toStrictEqual([
      expect.stringContaining('brings definitions of 1.22.5, and was told before to leave them to a newer one'),
    ]);
  });
});

it('a chart that brings older definitions than an operator beside it needs is found', () =>
  inScratch(async (folder) => {
    await app(folder, { 'istio-version': '1.22.8', install: 'helm', engine: 'flux' });
    await revision(folder, '1.23.6', { install: 'operator', through: 'add' });
    const repository = bases.copyOfFolder(folder);
    expect(await hits(repository)).toStrictEqual([]);
    repository.replace('clusters/production/2-operators/base.yaml', '1.23.6', '1.22.8');
    expect(await hits(repository)).toStrictEqual([
      expect.stringContaining('It brings them in 1.22.8; 1.23.6 is there'),
    ]);
  }));
