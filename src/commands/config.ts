import { type ConfigItem, groups } from '../catalog/config/item.js';
import { configItems } from '../catalog/config.js';
import { withoutItem } from '../catalog/config-elsewhere.js';
import { setConfig } from '../changes/set-config.js';
import type { Mesh } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { fits, rangeOf } from '../policy/check-config.js';
import { changeMesh } from './change.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import { meshOf, openRepository } from './repository.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:config NAME…`: adds items of the catalogue of configuration, takes them away, or lists them. */
export async function config(names: readonly string[], options: Options, terminal: Terminal): Promise<Report> {
  if (options.list) return await list(options);
  if (names.length === 0) {
    throw new Refusal([
      {
        rule: 'unknown-config',
        message: 'No item is named.',
        fix: 'See what there is: yo istio-prod:config --list',
      },
    ]);
  }
  return await changeMesh(options, terminal, {
    decide: (mesh) => setConfig(mesh, { names: [...new Set(names)], remove: options.remove, forced: options.forced }),
    next: () =>
      options.remove ? [] : ['Change its settings in istio-prod.yaml, below config, and run: yo istio-prod'],
  });
}

/** The whole catalogue; in a repository also what is chosen there, and what does not fit its versions. */
async function list(options: Options): Promise<Report> {
  const repository = await openRepository(options.root, false);
  const mesh = repository.text === undefined ? undefined : await meshOf(repository, options.forced);
  const items = Object.entries(configItems).map(([name, item]) => ({
    name,
    group: item.group,
    title: item.title,
    cost: item.cost,
    versions: rangeOf(item),
    settings: item.settings.parse({}),
    ...(mesh === undefined ? {} : { state: stateOf(mesh, name, item) }),
  }));
  const lines = groups.flatMap((group) => [
    group,
    ...items
      .filter((item) => item.group === group)
      .flatMap(({ name, title, cost, versions, settings, state }) => [
        `  ${name} (${versions}${state === undefined ? '' : `; ${state}`})`,
        `    ${title}`,
        `    Cost: ${cost}`,
        ...(Object.keys(settings).length === 0 ? [] : [`    Settings: ${JSON.stringify(settings)}`]),
      ]),
    '',
  ]);
  const elsewhere = withoutItem.map(({ what, how }) => `  ${what}: ${how}`);
  return {
    status: 'shown',
    steps: [],
    warnings: [],
    next: [],
    shown: { text: [...lines, 'needs no item', ...elsewhere].join('\n'), data: { items, withoutItem } },
  };
}

/** What a repository says of an item; nothing where it could be chosen. */
function stateOf(mesh: Mesh, name: string, item: ConfigItem): string | undefined {
  const unable = Object.values(mesh.revisions).find(({ version }) => !fits(item, version));
  if (mesh.config[name] !== undefined) return 'chosen';
  return unable === undefined ? undefined : `not with ${unable.version}`;
}
