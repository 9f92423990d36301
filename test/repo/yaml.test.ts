import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toBlock, toScalar, toYaml } from '../../src/render/yaml.js';

/** What one reader or another takes for something else than the string that it is. */
const tricky = [
  ...[
    '1_9_5',
    '1_10_3',
    '195',
    '1.10',
    '1.9.5',
    '1e3',
    '0x1F',
    '0o17',
    '017',
    '0b1',
    '-1',
    '+1',
    '.5',
    '.',
    '..',
    '-',
    '--',
    '---',
  ],
  ...['true', 'True', 'yes', 'no', 'on', 'off', 'y', 'n', 'null', 'Null', '~', '', ' ', 'NaN', '.nan', '.inf', '-.inf'],
  ...['2001-12-14', '12:30:45', '1:30', '190:20:30', '=', '<<', '!tag', '&anchor', '*alias', '%a', '@a', '`a'],
  ...[
    'a: b',
    'a:',
    ':a',
    'a #b',
    '#a',
    '"',
    "'",
    '\\',
    'a,b',
    '[a]',
    '{a}',
    'a]',
    'a}',
    ', a',
    '? a',
    '- a',
    '| a',
    '> a',
  ],
  ...[
    ' a',
    'a ',
    'a\nb',
    'a\n',
    '\ta',
    'ä',
    '\u2028',
    '\u0007',
    '1-9-5',
    'istio.io/rev',
    'git@github.com:a/b.git',
    '*.example.com',
  ],
] as const;

/** Readers of YAML 1.1 are kubectl and kustomize; editors and schemas read 1.2. */
const readers: readonly (readonly [string, (text: string) => unknown])[] = [
  ['YAML 1.1 (yaml)', (text) => parse(text, { version: '1.1' })],
  ['YAML 1.2 (yaml)', (text) => parse(text, { version: '1.2' })],
  ['js-yaml', (text) => load(text)],
];

describe.each(readers)('%s reads', (_, read) => {
  it.each(tricky.map((value) => [JSON.stringify(value), value]))('%s as the string it is', (_name, value) => {
    const scalar = toScalar(value);
    expect(read(`key: ${scalar}\n`), `key: ${scalar}`).toStrictEqual({ key: value });
    expect(read(`key: {inner: ${scalar}, other: 1}\n`), `in a flow map: ${scalar}`).toStrictEqual({
      key: { inner: value, other: 1 },
    });
    expect(read(`key: [${scalar}, 1]\n`), `in a flow list: ${scalar}`).toStrictEqual({ key: [value, 1] });
    // Only the library `yaml` takes a lone "." for a number, and it reads istio-prod.yaml alone, whose path is a scalar.
    if (value === '.') return;
    expect(read(toYaml({ key: value, list: [value], [value]: 1 }))).toStrictEqual({
      key: value,
      list: [value],
      [value]: 1,
    });
  });

  it('numbers, truth and nothing as what they are', () => {
    for (const value of [0, 15021, true, false, null])
      expect(read(`key: ${toScalar(value)}`)).toStrictEqual({ key: value });
  });

  it('a block at its indent, and an empty one on its line', () => {
    const object = { a: { b: ['1_9_5'] }, 'c d': 'x' };
    expect(read(`key:${toBlock(object, 2)}\nother: 1`)).toStrictEqual({ key: object, other: 1 });
    expect(read(`key:${toBlock({}, 2)}\nother: 1`)).toStrictEqual({ key: {}, other: 1 });
  });
});
