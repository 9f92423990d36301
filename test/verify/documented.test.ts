import { describe, expect, it } from 'vitest';
import { liveRules } from '../../src/policy/verify/live.js';
import { clusterRules, repositoryRules } from '../../src/policy/verify/rules.js';
import { textOf } from '../support/source-files.js';

describe('docs/verify.md', () => {
  const text = textOf('docs/verify.md');
  const tables = text.split('## Traps')[1] ?? '';
  const rules = [...repositoryRules, ...clusterRules, ...liveRules].map(({ name }): string => name);

  it.each(rules)('says which trap %s finds', (name) => expect(tables).toContain(`\`${name}\``));

  it('names no rule that is not there', () => {
    const last = [...tables.matchAll(/^\|.*\| (.*) \|$/gm)].map(([, cell]) => cell ?? '');
    const named = last.flatMap((cell) => [...cell.matchAll(/`([a-z]+-[a-z-]+)`/g)].map(([, name]) => name ?? ''));
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((name) => !rules.includes(name) && name !== 'istio-prod')).toStrictEqual([]);
  });
});
