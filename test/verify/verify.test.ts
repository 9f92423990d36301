import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CommandName } from '../../src/commands/option.js';
import { clusterRules, repositoryRules } from '../../src/policy/verify/rules.js';
import { command, type Typed } from '../support/commands.js';
import { git } from '../support/git.js';
import { project } from '../support/source-files.js';
import { type BaseName, Bases, baseNames } from './bases.js';
import { breaks } from './breaks.js';

const bases = new Bases();
afterAll(() => bases.close());

const examples = readdirSync(join(project, 'examples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const rules = [...repositoryRules, ...clusterRules].map(({ name }) => name);

describe('the rules', () => {
  it('each have a repository that breaks it', () => {
    expect(Object.keys(breaks).toSorted()).toStrictEqual(rules.toSorted());
    expect(new Set(rules).size).toBe(rules.length);
  });

  it.each([...repositoryRules, ...clusterRules])(
    '$name says what must hold in a sentence, where that is known from, and what to do',
    ({ statement, source, fix }) => {
      expect(statement).toMatch(/^[A-Z].*\.$/);
      expect(source.length).toBeGreaterThan(20);
      expect(fix).toMatch(/^[A-Z].*[^.]$/);
    },
  );
});

describe.each(baseNames)('the repository %s', (name) => {
  it('has nothing to be found, in any commit, compared with the one before', async () => {
    const repository = await bases.copyOf(name);
    const commits = git(repository.folder, 'rev-list', '--reverse', 'HEAD').trim().split('\n');
    for (const [index, commit] of commits.entries()) {
      git(repository.folder, 'checkout', '--quiet', commit);
      const { findings, objects, folders } = await repository.verified(
        index === 0 ? {} : { since: commits[index - 1] },
      );
      expect(findings, git(repository.folder, 'show', '--no-patch', '--format=%s')).toStrictEqual([]);
      expect(objects).toBeGreaterThan(15);
      expect(folders).toBeGreaterThanOrEqual(6);
    }
  }, 120_000);
});

describe('every example', () => {
  it.each(examples)(
    '%s has nothing to be found',
    async (name) => {
      const { findings, objects } = await bases.copyOfFolder(join(project, 'examples', name)).verified();
      expect(findings).toStrictEqual([]);
      expect(objects).toBeGreaterThan(15);
    },
    60_000,
  );
});

describe.concurrent('going on and back', () => {
  it.each<[string, BaseName, readonly (readonly [CommandName, Typed])[]]>([
    [
      'retire, in three commits',
      'operator',
      [
        ['revision', { version: '1.23.4', through: 'default' }],
        ...Array.from({ length: 3 }, () => ['retire', { version: '1.22.5', force: 'usage-unknown' }] as const),
      ],
    ],
    [
      'retire of a chart',
      'flux',
      [
        ['revision', { version: '1.29.4', through: 'default' }],
        ['retire', { version: '1.28.4', force: 'usage-unknown' }],
        ['retire', { version: '1.28.4', force: 'usage-unknown' }],
      ],
    ],
    [
      'rollback, phase by phase',
      'flux',
      [
        ['rollback', {}],
        ['rollback', {}],
        ['rollback', {}],
      ],
    ],
    [
      'gateways of an operator cut over and retired',
      'operated',
      [
        ['revision', { version: '1.10.3', through: 'default' }],
        ...Array.from({ length: 4 }, () => ['retire', { version: '1.9.5', force: 'usage-unknown' }] as const),
      ],
    ],
    ['a chart upgrade carried through', 'charts', [['revision', { version: '1.13.9', through: 'default' }]]],
    [
      'configuration of versions whose EnvoyFilters know no priority',
      'operated',
      [
        ['config', { version: 'gzip' }],
        ['revision', { version: '1.10.3', through: 'blend' }],
      ],
    ],
    [
      'a gateway that comes, a cluster and a tag that come and go',
      'flux',
      [
        ['gateway', { version: 'public', kind: 'ingress' }],
        ['cluster', { version: 'europe' }],
        ['tag', { version: ['canary', '1.29.4'] }],
        ['cluster', { version: 'europe', remove: true, force: 'cluster-in-use' }],
        ['tag', { version: 'canary', remove: true, force: 'tag-in-use' }],
      ],
    ],
  ])(
    '%s: each commit has nothing to be found',
    async (_, base, commands) => {
      const repository = await bases.copyOf(base);
      const start = git(repository.folder, 'rev-parse', 'HEAD').trim();
      for (const [name, typed] of commands)
        expect(await command(name, repository.folder, typed)).toMatchObject({ exitCode: 0 });
      const commits = [start, ...git(repository.folder, 'rev-list', '--reverse', `${start}..HEAD`).trim().split('\n')];
      expect(commits.length).toBeGreaterThan(2);
      for (const [index, commit] of commits.entries()) {
        if (index === 0) continue;
        git(repository.folder, 'checkout', '--quiet', commit);
        const { findings } = await repository.verified({ since: commits[index - 1] });
        expect(findings, git(repository.folder, 'show', '--no-patch', '--format=%s')).toStrictEqual([]);
      }
    },
    120_000,
  );
});

describe.concurrent('an edit breaks one rule, and verify finds that one', () => {
  it.each(Object.entries(breaks))(
    '%s',
    async (rule, { base, edit, file, says, also = [], since }) => {
      const repository = await bases.copyOf(base);
      await edit(repository);
      const { findings } = await repository.verified(since === undefined ? {} : { since });
      const found = [...new Set(findings.map((finding) => finding.rule))];
      expect(found.toSorted(), JSON.stringify(findings, null, 2)).toStrictEqual([rule, ...also].toSorted());
      const own = findings.filter((finding) => finding.rule === rule);
      expect(own.map((finding) => finding.message).join('\n')).toMatch(says);
      expect(own.map((finding) => finding.file)).toContain(file);
    },
    60_000,
  );
});
