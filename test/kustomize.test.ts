import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aMesh, upgraded } from './support/a-mesh.js';
import { filesOf, inScratch, writeAll } from './support/a-repository.js';
import { build, the } from './support/kubectl.js';

describe('the switch, in the built objects', () => {
  const start = aMesh();
  it.each([
    ['old', start, { istio: 'ingressgateway', version: '1_9_5' }],
    ['both', upgraded(start, '1.10.3', 'blend'), { istio: 'ingressgateway' }],
    ['new', upgraded(start, '1.10.3', 'cut'), { istio: 'ingressgateway', version: '1_10_3' }],
  ])('selects %s', (_, mesh, selector) =>
    inScratch((folder) => {
      writeAll(folder, filesOf(mesh));
      const objects = build(join(folder, 'clusters/production'));
      expect(the(objects, 'Service', 'istio-ingressgateway').spec.selector).toStrictEqual(selector);
    }),
  );
});
