import { configItems } from '../../src/catalog/config.js';
import { istioMinors, minorOf } from '../../src/catalog/versions.js';
import type { Mesh } from '../../src/model/mesh.js';
import { fits } from '../../src/policy/check-config.js';
import { aMesh, upgraded } from './a-mesh.js';

/** Every item of configuration that fits these versions, in as few lists as do not contradict themselves. */
export function fitting(...versions: readonly string[]): string[][] {
  const lists: string[][] = [];
  for (const [name, item] of Object.entries(configItems)) {
    if (!versions.every((version) => fits(item, version))) continue;
    const list = lists.find((each) => each.every((other) => !item.excludes?.includes(other)));
    if (list === undefined) lists.push([name]);
    else list.push(name);
  }
  return lists;
}

/** A mesh with these items in the middle of the upgrade to a version, where they fit the minor before as well; else one that begins with it. */
export function configuredMesh(config: readonly string[], version: string): Mesh {
  const before = istioMinors[istioMinors.findIndex(({ minor }) => minor === minorOf(version)) - 1]?.latest;
  const begun = (from: string) =>
    aMesh({ version: from, install: install(from), gateways: ['ingress', 'egress', 'eastwest'], config });
  const both =
    before !== undefined &&
    install(before) === install(version) &&
    config.every((name) => {
      const item = configItems[name];
      return item !== undefined && fits(item, before);
    });
  return both ? upgraded(begun(before), version, 'blend') : begun(version);
}

/** The install method of a version in tests of configuration. */
export function install(version: string): 'operator' | 'helm' {
  return Number(version.split('.')[1]) < 24 ? 'operator' : 'helm';
}
