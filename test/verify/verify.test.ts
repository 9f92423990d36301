import { afterAll, describe, expect, it } from 'vitest';
import { clusterRules, repositoryRules } from '../../src/policy/verify/rules.js';
import { Bases, baseNames } from './bases.js';
import { breaks } from './breaks.js';

const bases = new Bases();
afterAll(() => bases.close());

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
  it('has nothing to be found', async () => {
    const { findings, objects, folders } = await (await bases.copyOf(name)).verified();
    expect(findings).toStrictEqual([]);
    expect(objects).toBeGreaterThan(15);
    expect(folders).toBeGreaterThanOrEqual(6);
  }, 60_000);
});

describe('an edit breaks one rule, and verify finds that one', () => {
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
