import fc from 'fast-check';
import { dump } from 'js-yaml';
import { expect, test } from 'vitest';
import { toYaml } from '../src/render/yaml.js';

test('maps that are taken apart are written as js-yaml writes them whole', () => {
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.string(),
        fc.constantFrom('1_9_5', 'yes', 'a: b', 'two\n\n  lines\n', '- x'),
        fc.integer(),
        fc.boolean(),
      ),
      fc.constantFrom(null, undefined),
      fc.array(tie('tree')),
      fc.dictionary(fc.string(), tie('tree'), { noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), tree, { noNullPrototype: true }), (map) => {
      expect(toYaml(map)).toBe(
        dump(map, { lineWidth: -1, noRefs: true, quoteStyle: 'double', flowBracketPadding: false }),
      );
    }),
    { numRuns: 1_000 },
  );
});
