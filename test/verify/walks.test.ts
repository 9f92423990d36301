import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { CommandName } from '../../src/commands/option.js';
import { phaseNames } from '../../src/policy/phases.js';
import { command, type Typed } from '../support/commands.js';
import { git, gitState } from '../support/git.js';
import { treeOf } from '../support/tree.js';
import { type BaseName, Bases } from './bases.js';

const bases = new Bases();
afterAll(() => bases.close());

/** Where walks begin, most in the middle of an upgrade: from this version to that one. */
const upgrades = {
  operator: ['1.22.5', '1.23.4'],
  operated: ['1.9.5', '1.10.3'],
  charts: ['1.12.9', '1.13.9'],
  configured: ['1.22.5', '1.23.4'],
  flux: ['1.28.4', '1.29.4'],
  sail: ['1.29.6', '1.30.3'],
  'sail-by-argo': ['1.29.6', '1.30.3'],
  metal: ['1.20.8', '1.21.6'],
  adopted: ['1.14.6', '1.15.7'],
} as const satisfies Partial<Record<BaseName, readonly [string, string]>>;

/** What a command breaks on purpose; the rules say how a person lets it through, and so does the command. */
const onPurpose: Readonly<Record<string, readonly string[]>> = {
  'Istio: give the new revision up': ['blend-before-cut', 'retire-after-cut'],
  'Istio: remove gateway public': ['entry-stays'],
};

const walks = fc
  .constantFrom(...(Object.keys(upgrades) as (keyof typeof upgrades)[]))
  .chain((base) => fc.record({ base: fc.constant(base), commands: commandsOf(upgrades[base]) }));

function commandsOf([old, newest]: readonly [string, string]): fc.Arbitrary<
  readonly (readonly [CommandName, Typed])[]
> {
  const typed = (name: CommandName, options: Typed) => fc.constant([name, options] as const);
  return fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(...phaseNames).map((through) => ['revision', { version: newest, through }] as const),
      },
      {
        weight: 2,
        arbitrary: fc
          .constantFrom(...phaseNames)
          .map((through) => ['revision', { version: newest, through, cluster: 'production' }] as const),
      },
      { weight: 2, arbitrary: typed('rollback', {}) },
      typed('rollback', { cluster: 'production' }),
      typed('rollback', { all: true }),
      typed('rollback', { broken: true }),
      {
        weight: 3,
        arbitrary: fc
          .constantFrom(old, newest)
          .map((version) => ['retire', { version, force: 'usage-unknown' }] as const),
      },
      typed('gateway', { version: 'public', kind: 'ingress' }),
      typed('gateway', { version: 'public', remove: true, force: 'gateway-in-use,gateway-not-off' }),
      typed('cluster', { version: 'europe', remove: true, force: 'cluster-in-use' }),
      typed('tag', { version: ['canary', newest] }),
      typed('cluster', { version: 'europe' }),
      typed('config', { version: 'gzip' }),
    ),
    { minLength: 4, maxLength: 4 },
  );
}

describe('whatever commands are typed in whatever order', () => {
  it('every commit keeps every rule of verify, compared with the one before, and a refusal changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(walks, async ({ base, commands }) => {
        const repository = await bases.copyOf(base);
        const { folder } = repository;
        const branch = git(folder, 'rev-parse', '--abbrev-ref', 'HEAD').trim();
        for (const [name, options] of commands) {
          const start = git(folder, 'rev-parse', 'HEAD').trim();
          const before = [treeOf(folder), gitState(folder)];
          const { exitCode, text } = await command(name, folder, options);
          if (exitCode !== 0) expect([treeOf(folder), gitState(folder)], text).toStrictEqual(before);
          const made = git(folder, 'rev-list', '--reverse', `${start}..HEAD`).trim().split('\n').filter(Boolean);
          for (const [index, commit] of made.entries()) {
            git(folder, 'checkout', '--quiet', '--detach', commit);
            const { findings } = await repository.verified({ since: made[index - 1] ?? start });
            const title = git(folder, 'show', '--no-patch', '--format=%s').trim();
            const wrong = findings.filter(({ rule }) => onPurpose[title]?.includes(rule) !== true);
            expect(wrong, `${name} ${JSON.stringify(options)}: ${title}`).toStrictEqual([]);
          }
          git(folder, 'checkout', '--quiet', branch);
        }
      }),
      { numRuns: Number(process.env['WALKS'] ?? 3) },
    );
  }, 600_000);
});
