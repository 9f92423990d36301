import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allOptions, forcibleRules } from '../src/commands/all-options.js';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('the README', () => {
  it.each(allOptions.map(({ name }) => name))('tells of --%s', (name) => expect(readme).toContain(`--${name}`));

  it.each(forcibleRules)('names the rule %s', (rule) => expect(readme).toContain(`\`${rule}\``));

  it('names proofs that are there', () => {
    const proofs = [...readme.matchAll(/`(test\/[^`*]+)`/g)].map(([, path]) => path ?? '');
    expect(proofs.filter((path) => !existsSync(join(root, path)))).toStrictEqual([]);
  });
});
