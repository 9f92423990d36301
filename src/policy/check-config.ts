import type { ConfigItem } from '../catalog/config/item.js';
import { configItems } from '../catalog/config.js';
import { minorOf, since } from '../catalog/versions.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { checkVersion } from './versions.js';

/** What must hold for the items of configuration: they exist, their settings are right, they fit every live revision and each other. */
export function checkConfig(mesh: Mesh): (Problem & { readonly at: readonly string[] })[] {
  return Object.entries(mesh.config).flatMap(([name, settings]) => {
    const item = configItems[name];
    const at = ['config', name];
    if (item === undefined) return [{ at, ...unknownItem(name) }];
    const parsed = item.settings.safeParse(settings);
    if (!parsed.success) {
      return parsed.error.issues.flatMap((issue) =>
        (issue.code === 'unrecognized_keys' ? issue.keys : [undefined]).map((key) => ({
          at: [...at, ...issue.path.map(String), ...(key === undefined ? [] : [key])],
          rule: 'config-settings',
          message: `${[...at, ...issue.path, ...(key === undefined ? [] : [key])].join('.')}: ${key === undefined ? issue.message : 'there is no such setting'}`,
          fix: 'Mend it; the comments of the schema say what each setting may be (istio-prod.schema.json)',
        })),
      );
    }
    return [...checkRange(mesh, name, item), ...checkCompany(mesh, name, item)].map((problem) => ({ at, ...problem }));
  });
}

function unknownItem(name: string): Problem {
  return {
    rule: 'unknown-config',
    message: `The catalogue of configuration has no item ${name}.`,
    fix: 'See what there is: yo istio-prod:config --list',
  };
}

/** Names that are no item of the catalogue. */
export function unknownItems(names: readonly string[]): Problem[] {
  return names.filter((name) => configItems[name] === undefined).map(unknownItem);
}

/** Which versions an item is right for, in words. */
export function rangeOf({ since: first, until }: ConfigItem): string {
  return until === undefined ? `Istio ${first} and later` : `Istio ${first} to ${until}`;
}

/** Whether an item is right for a version. */
export function fits({ since: first, until }: ConfigItem, version: string): boolean {
  return since(version, first) && (until === undefined || minorOf(version) === until || !since(version, until));
}

/** An item that one live revision does not know would break it, or be silently without effect there. */
function checkRange(mesh: Mesh, name: string, item: ConfigItem): Problem[] {
  const versions = Object.values(mesh.revisions).map(({ version }) => version);
  const unable = versions.filter((version) => checkVersion(version).length === 0 && !fits(item, version));
  if (unable.length === 0) return [];
  const fix = unable.some((version) => since(version, item.since))
    ? `Take it away before the upgrade: yo istio-prod:config ${name} --remove`
    : `Leave it away until every revision is ${rangeOf(item)}`;
  return [
    {
      rule: 'config-version',
      message: `${name} is for ${rangeOf(item)}, and the mesh has ${unable.join(' and ')}.`,
      fix: item.instead === undefined ? fix : `${fix}. ${item.instead}`,
    },
  ];
}

function checkCompany(mesh: Mesh, name: string, item: ConfigItem): Problem[] {
  const unfit = item.unfit?.(mesh, mesh.config[name]);
  return [
    ...(item.excludes ?? [])
      // Either says so; once is enough.
      .filter((other) => name < other && mesh.config[other] !== undefined)
      .map((other) => ({
        rule: 'config-conflict',
        message: `${name} and ${other} contradict each other.`,
        fix: `Take one of them away, whichever is there: yo istio-prod:config ${name} --remove, or yo istio-prod:config ${other} --remove`,
      })),
    ...(unfit === undefined
      ? []
      : [{ rule: 'config-unfit', message: `${name}: ${unfit}.`, fix: `Change that, or leave ${name} away` }]),
  ];
}

/** An item that comes, changes or goes on a mesh that serves, where that may lose requests. */
export function checkDisruption(before: Mesh, after: Mesh): Problem[] {
  return Object.entries(configItems)
    .filter(([name]) => JSON.stringify(before.config[name]) !== JSON.stringify(after.config[name]))
    .flatMap(([name, item]) => {
      const why = item.disrupts?.(before.config[name], after.config[name]);
      if (why === undefined) return [];
      return [
        {
          rule: 'config-disrupts',
          message: `${name} would change on a mesh that serves, and requests may be lost: ${why}.`,
          fix: 'Choose an hour without traffic, and take --force config-disrupts',
          forcible: true,
        },
      ];
    });
}
