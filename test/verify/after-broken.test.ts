import { afterAll, describe, expect, it } from 'vitest';
import { command, type Ran } from '../support/commands.js';
import { Bases } from './bases.js';

const bases = new Bases();
afterAll(() => bases.close());

/** The verify that a report says to type, carried out. */
async function typed(folder: string, { text }: Ran): Promise<Ran> {
  const [, options = ''] = /^ +yo istio-prod:verify ?(.*?) +# broken on purpose/m.exec(text) ?? [];
  const words = [...options.matchAll(/--(\S+) (\S+)/g)].map(([, name, value]) => [name, value]);
  return command('verify', folder, Object.fromEntries(words));
}

/** What `rollback --broken` tells people to type is judged by the real kustomize. */
describe('the verify that is named after a revision was given up', () => {
  it.each([
    ['one commit', {}, '--since HEAD~1 '],
    ['no commit', { commit: false }, 'verify --skip'],
  ])('finds nothing after %s', async (_, options, said) => {
    const { folder } = await bases.copyOf('operator');
    const given = await command('rollback', folder, { broken: true, ...options });
    expect(given.text).toContain(said);
    expect(await typed(folder, given)).toMatchObject({ exitCode: 0 });
  });

  it('looks at both commits where the second one restarts workloads', async () => {
    const { folder } = await bases.copyOf('operator');
    for (const deed of [
      { name: 'rollback', options: { all: true } },
      { name: 'cluster', options: { version: 'production', restarts: 'commits' } },
      { name: 'revision', options: { version: '1.23.4' } },
    ] as const)
      expect(await command(deed.name, folder, deed.options)).toMatchObject({ exitCode: 0 });
    const given = await command('rollback', folder, { broken: true });
    expect(given.text).toContain('--since HEAD~2 --skip blend-before-cut,retire-after-cut,restart-after-tag ');
    expect(await typed(folder, given)).toMatchObject({ exitCode: 0 });
  });
});
