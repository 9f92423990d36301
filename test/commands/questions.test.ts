import { describe, expect, it } from 'vitest';
import { allOptions } from '../../src/commands/all-options.js';
import { optionsOf, readOptions } from '../../src/commands/options.js';
import { bootstrapQuestions } from '../../src/commands/questions.js';

describe('the question for configuration', () => {
  const choices = (typed: Readonly<Record<string, string>>, answers: Readonly<Record<string, string>>) => {
    const question = bootstrapQuestions(readOptions('app', typed, '2026-01-01')).find(({ name }) => name === 'config');
    const made = question?.choices;
    return (typeof made === 'function' ? made(answers) : []).map(({ value }) => value);
  };

  it('offers what the version can have that was answered, or given as an option', () => {
    expect(choices({}, { 'istio-version': '1.9.5' })).not.toContain('access-log');
    expect(choices({}, { 'istio-version': '1.31.1' })).toContain('access-log');
    expect(choices({}, { 'istio-version': '1.31.1' })).not.toContain('protocol-sniffing-off');
    expect(choices({ 'istio-version': '1.18.7' }, {})).toEqual(
      expect.arrayContaining(['access-log', 'protocol-sniffing-off']),
    );
  });

  it('is not asked where the option answers it', () => {
    expect(choices({ config: 'gzip' }, {})).toStrictEqual([]);
  });
});

it('how Istio gets into the cluster is not asked where charts are to be rendered', () => {
  const asked = (typed: object) => bootstrapQuestions(readOptions('app', { ...typed }, '2026-01-01'));
  expect(asked({}).map(({ name }) => name)).toContain('install');
  expect(asked({ render: true }).map(({ name }) => name)).not.toContain('install');
});

it('every command has each of its options once', () => {
  for (const command of new Set(allOptions.flatMap(({ only }) => only ?? []))) {
    const names = optionsOf(command).map(({ name }) => name);
    expect(names, command).toStrictEqual([...new Set(names)]);
  }
});

it('a gateway without a load balancer cannot have a private one', () => {
  const rules = (gateways: string) =>
    readOptions('app', { 'internal-gateways': gateways }, '2026-01-01').problems.map(({ rule }) => rule);
  expect(rules('ingress,eastwest')).toStrictEqual([]);
  expect(rules('egress')).toStrictEqual(['invalid-option']);
});
