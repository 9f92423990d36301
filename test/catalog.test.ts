import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { engines, installs } from '../src/catalog/catalog.js';
import { groups } from '../src/catalog/config/item.js';
import { configItems } from '../src/catalog/config.js';
import { gatewayKinds, platforms } from '../src/catalog/kinds.js';
import { locations, locationsThatEnd } from '../src/catalog/locations.js';
import { type IstioMinor, istioMinors, minorFor, since } from '../src/catalog/versions.js';
import { aMesh } from './support/a-mesh.js';

const catalog = join(import.meta.dirname, '../src/catalog');

/** Each folder of choices, the file that says what a choice is, and the choices that are in the catalogue. */
const folders = [
  ['engines', 'engine.ts', engines],
  ['installs', 'install.ts', installs],
  ['gateways', 'kind.ts', gatewayKinds],
  ['platforms', 'platform.ts', platforms],
  ['config', 'item.ts', configItems],
] as const;

describe('the catalogue', () => {
  it.each(folders)('has every file of %s, each under its own name', (folder, type, choices) => {
    const files = readdirSync(join(catalog, folder)).filter((name) => name !== type);
    expect(
      Object.keys(choices)
        .map((name) => `${name}.ts`)
        .toSorted(),
    ).toStrictEqual(files.toSorted());
  });

  it.each(folders.filter(([folder]) => folder !== 'config'))(
    'has a title for every one of %s that starts with its name',
    (_folder, _type, choices) => {
      for (const [name, { title }] of Object.entries(choices)) expect(title).toMatch(new RegExp(`^${name}: .`));
    },
  );

  it('has configuration of every group, each with one sentence, its cost, and settings that all have a default', () => {
    const items = Object.entries(configItems);
    expect([...new Set(items.map(([, { group }]) => group))]).toStrictEqual(groups);
    for (const [name, { title, cost, settings, since: first, until }] of items) {
      expect(title, name).toMatch(/^[^.]*(\.\w[^.]*)*\.$/);
      expect(cost, name).toMatch(/\.$|\)$/);
      expect(settings.safeParse({}).success, name).toBe(true);
      expect(settings.safeParse({ nonsense: 1 }).success, name).toBe(false);
      for (const minor of [first, until ?? first]) expect(istioMinors.map((each) => each.minor)).toContain(minor);
    }
  });

  it('has configuration that contradicts another in both of them', () => {
    for (const [name, { excludes = [] }] of Object.entries(configItems))
      for (const other of excludes) expect(configItems[other]?.excludes, `${other} and ${name}`).toContain(name);
  });

  it('has gateways that listen where pods without privileges may, each port and name once', () => {
    for (const [name, { ports }] of Object.entries(gatewayKinds)) {
      for (const { targetPort } of ports) expect(targetPort, name).toBeGreaterThanOrEqual(1024);
      for (const key of ['name', 'port', 'targetPort'] as const) {
        expect(new Set(ports.map((port) => port[key])).size, `${name} ${key}`).toBe(ports.length);
      }
    }
  });

  it('has gateways of different names and namespaces', () => {
    const kinds = Object.values(gatewayKinds);
    expect(new Set(kinds.map(({ defaultName }) => defaultName)).size).toBe(kinds.length);
    expect(new Set(kinds.map(({ dedicatedNamespace }) => dedicatedNamespace)).size).toBe(kinds.length);
  });

  it('knows Istio’s minors without a gap, each with its newest patch', () => {
    const numbers = istioMinors.map(({ minor }) => Number(minor.split('.')[1]));
    expect(numbers).toStrictEqual(numbers.map((_, at) => at + 9));
    for (const { minor, latest } of istioMinors) expect(since(latest, minor), minor).toBe(true);
  });

  it('knows the capabilities of the minors in which they come and go', () => {
    const first = (has: (minor: IstioMinor) => boolean) => istioMinors.find(has)?.minor;
    expect({
      injectsGateways: first((minor) => minor.injectsGateways),
      revisionValidators: first((minor) => minor.revisionValidators),
      charts: first((minor) => minor.charts),
      seccompProfile: first((minor) => minor.seccompProfile),
      policy: first((minor) => minor.policyApi === 'policy/v1'),
      v1: first((minor) => minor.api === 'v1'),
      withoutOperator: first((minor) => !minor.operator),
    }).toStrictEqual({
      injectsGateways: '1.10',
      revisionValidators: '1.11',
      charts: '1.12',
      seccompProfile: '1.12',
      policy: '1.14',
      v1: '1.22',
      withoutOperator: '1.24',
    });
  });

  it('takes a version that is newer than all for the newest', () => {
    expect(minorFor('1.99.0').minor).toBe(istioMinors.at(-1)?.minor);
    expect(minorFor('1.10.0-beta.1').minor).toBe('1.10');
  });

  it('has the locations that a mesh has by default, and none of those that end', () => {
    const { hub, charts } = aMesh({ hub: undefined as never });
    expect({ hub, charts }).toStrictEqual(locations);
    for (const { start } of locationsThatEnd) for (const each of [hub, charts]) expect(each).not.toMatch(start);
  });

  it('installs 1.9 to 1.23 by the operator, which was removed in 1.24', () => {
    const able = istioMinors.filter((minor) => installs.operator.installs(minor)).map(({ minor }) => minor);
    expect([able[0], able.at(-1), able.length]).toStrictEqual(['1.9', '1.23', 15]);
  });
});
