import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { command } from '../support/commands.js';
import { commitAll } from '../support/git.js';
import { Bases, type Edited } from './bases.js';

const bases = new Bases();
afterAll(() => bases.close());

/** What operator-there says, compared with the commit before. */
async function hits(repository: Edited): Promise<string[]> {
  const { findings } = await repository.verified({ since: 'HEAD~1' });
  return findings.filter(({ rule }) => rule === 'operator-there').map(({ message }) => message);
}

/** Operators watch the namespaces of the gateways that there are, and finalize what is in these alone. */
it('an IstioOperator that goes with its namespace is found, and the way out that its refusal names is clean', async () => {
  const repository = await bases.copyOf('operated');
  const run = async (typed: object) =>
    expect(await command('gateway', repository.folder, { version: 'partners', ...typed })).toMatchObject({
      exitCode: 0,
    });
  const remove = { remove: true, force: 'gateway-in-use,gateway-not-off' };
  await run({ kind: 'ingress', 'gateway-namespace': 'edge-partners' });
  const atOnce = bases.copyOfFolder(repository.folder);
  expect(await command('gateway', atOnce.folder, { version: 'partners', ...remove })).toMatchObject({ exitCode: 0 });
  expect(await hits(atOnce)).toStrictEqual(
    ['1-10-3', '1-9-5'].map((revision) =>
      expect.stringContaining(`partners-${revision} goes, and its operator no longer watches its namespace`),
    ),
  );

  const { text } = await command('gateway', repository.folder, { version: 'partners', remove: true });
  const patches = [...text.matchAll(/(\{target: \{kind: IstioOperator, name: \S+\}, patch: '\{.*?"delete"\}'\})/g)];
  expect(patches).toHaveLength(2);
  writeFileSync(
    join(repository.folder, 'clusters/production/custom/4-gateways/kustomization.yaml'),
    `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n${patches.map(([, patch]) => `  - ${patch}\n`).join('')}`,
  );
  commitAll(repository.folder, 'The IstioOperators go');
  expect(await hits(repository)).toStrictEqual([]);
  const removed = await command('gateway', repository.folder, { version: 'partners', ...remove });
  expect(removed).toMatchObject({ exitCode: 0, text: expect.stringContaining('delete namespace edge-partners ') });
  expect(await hits(repository)).toStrictEqual([]);
}, 60_000);
