import { configItems } from '../../src/catalog/config.js';
import { fits } from '../../src/policy/check-config.js';
import { aMesh } from './a-mesh.js';

/** Every item of configuration that fits these versions, in as few lists as do not contradict themselves. */
export function fitting(...versions: readonly string[]): string[][] {
  const lists: string[][] = [];
  for (const [name, item] of Object.entries(configItems)) {
    if (!versions.every((version) => fits(item, version)) || unfit(name, versions[0] ?? '')) continue;
    const list = lists.find((each) => each.every((other) => !item.excludes?.includes(other)));
    if (list === undefined) lists.push([name]);
    else list.push(name);
  }
  return lists;
}

/** Whether an item does not fit the gateways that such a version has. */
function unfit(name: string, version: string): boolean {
  const item = configItems[name];
  return item?.unfit?.(aMesh({ version, install: install(version) }), {}) !== undefined;
}

/** The install method of a version in tests of configuration. */
export function install(version: string): 'operator' | 'helm' {
  return Number(version.split('.')[1]) < 24 ? 'operator' : 'helm';
}
