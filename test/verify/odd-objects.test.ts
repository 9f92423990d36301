import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildParts } from '../../src/commands/verify-build.js';
import { lookAt } from '../../src/commands/verify-look.js';
import { partsOf, type Tree } from '../../src/commands/verify-parts.js';
import { isKubeObject, type Located } from '../../src/model/kube-object.js';
import type { ClusterLook } from '../../src/policy/verify/rule.js';
import { clusterRules } from '../../src/policy/verify/rules.js';
import { readTree } from '../../src/repo/files.js';
import { parseLock } from '../../src/repo/lock.js';
import { type BaseName, Bases } from './bases.js';

const bases = new Bases();
afterAll(() => bases.close());

/** What somebody could have written instead. */
const odd = [undefined, null, 0, -1, true, '', 'x', [], [null], ['x'], {}, { x: null }, [[{}]]];

describe.each(['operator', 'operated', 'flux'] as const)(
  'objects of %s with something odd in them',
  (name: BaseName) => {
    let look: ClusterLook;
    beforeAll(async () => {
      const { folder, known } = await bases.copyOf(name);
      const files = readTree(folder);
      const { mesh } = parseLock(files.get('istio-prod.lock') ?? '');
      if (mesh === undefined) throw new Error('a lock without a mesh');
      const tree: Tree = { root: folder, mesh, files };
      look = lookAt(tree, 'production', (await buildParts(partsOf(tree), known)).built).look;
    }, 60_000);

    it('are judged all the same', () => {
      fc.assert(
        fc.property(
          fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
          fc.constantFrom(...odd),
          fc.boolean(),
          (way, value, ofDelivery) => {
            const list = ofDelivery ? look.handOver : look.objects;
            const index = (way[0] ?? 0) % list.length;
            const changed = list.map((where, at) => (at === index ? replaced(where, way.slice(1), value) : where));
            const edited = ofDelivery ? { ...look, handOver: changed } : { ...look, objects: changed };
            for (const rule of clusterRules) {
              for (const { message, where } of rule.find({ ...edited, before: look })) {
                expect(message, rule.name).toMatch(/.{8}\.$/s);
                expect(where.file, rule.name).not.toBe('');
              }
            }
          },
        ),
        { numRuns: 300 },
      );
    });
  },
);

/** An object with another value somewhere in it, where it is an object still. */
function replaced(where: Located, way: readonly number[], value: unknown): Located {
  const object = structuredClone(where.object) as unknown;
  let at = object as Record<string, unknown>;
  for (const step of way) {
    const keys = Object.keys(at);
    const key = keys[step % Math.max(keys.length, 1)] ?? 'x';
    const below = at[key];
    if (typeof below !== 'object' || below === null || step % 5 === 0) {
      at[key] = value;
      break;
    }
    at = below as Record<string, unknown>;
  }
  return isKubeObject(object) ? { ...where, object } : where;
}
