import {
  dataPlaneNames,
  engineNames,
  gatewayKindNames,
  installNames,
  type Mesh,
  platformNames,
} from '../model/mesh.js';
import { type Problem, Refusal } from '../model/problem.js';
import { phaseNames } from '../policy/phases.js';

export type CommandName = 'app' | 'revision' | 'rollback' | 'retire';

/** One option of a command, the same for `yo istio-prod` and for `istio-prod`. */
export interface Option {
  readonly name: string;
  /** What a value looks like in the help; an option without one is a switch. */
  readonly value?: string;
  readonly description: string;
  /** The values that it takes; a list takes several of them, with commas. */
  readonly choices?: readonly string[];
  readonly list?: true;
  /** The commands that have it; left out: every command. */
  readonly only?: readonly CommandName[];
}

/** The rules that `--force` may break, one by one. */
export const forcibleRules = [
  'cluster-in-use',
  'dirty-tree',
  'downgrade',
  'edited-file',
  'engine-in-use',
  'foreign-file',
  'gateway-in-use',
  'skip-blend',
  'skip-minor',
  'trust-domain',
  'usage-unknown',
] as const;

const gatewayMakers = ['injected', 'operator'] as const satisfies readonly Mesh['revisions'][string]['gateways'][];

/** Every option, in the order of the help. Every question of bootstrap is one of them. */
export const allOptions: readonly Option[] = [
  { name: 'root', value: 'DIR', description: 'The folder of the repository (default: here)' },
  {
    name: 'istio-version',
    value: '1.9.5',
    description: 'The Istio version to start with (default: the newest that the install method can install)',
    only: ['app'],
  },
  {
    name: 'install',
    value: installNames.join('|'),
    choices: installNames,
    description: 'How the revision gets into the cluster',
    only: ['app', 'revision'],
  },
  {
    name: 'gateway-install',
    value: gatewayMakers.join('|'),
    choices: gatewayMakers,
    description: 'Who makes the gateways (default: injected, from Istio 1.10 on)',
    only: ['app', 'revision'],
  },
  {
    name: 'render',
    description: "Have helm render Istio's charts into the repository, as plain manifests",
    only: ['app', 'revision'],
  },
  {
    name: 'engine',
    value: engineNames.join('|'),
    choices: engineNames,
    description: 'The delivery engine that syncs the repository',
    only: ['app'],
  },
  {
    name: 'platform',
    value: platformNames.join('|'),
    choices: platformNames,
    description: 'The kind of Kubernetes',
    only: ['app'],
  },
  {
    name: 'data-plane',
    value: dataPlaneNames.join('|'),
    choices: dataPlaneNames,
    description: 'Sidecars, or ztunnel on every node (ambient mode, from Istio 1.24 on)',
    only: ['app'],
  },
  {
    name: 'gateways',
    value: gatewayKindNames.join(','),
    choices: gatewayKindNames,
    list: true,
    description: 'The gateways (default: ingress)',
    only: ['app'],
  },
  {
    name: 'gateway-namespaces',
    value: 'shared|dedicated',
    choices: ['shared', 'dedicated'],
    description: 'One namespace for all gateways, or one each',
    only: ['app'],
  },
  {
    name: 'control-plane-namespaces',
    value: 'shared|per-revision',
    choices: ['shared', 'per-revision'],
    description: 'istio-system for all, or istio-system-<revision>',
    only: ['app'],
  },
  {
    name: 'clusters',
    value: 'production,…',
    list: true,
    description: 'The clusters (default: production)',
    only: ['app'],
  },
  {
    name: 'repository',
    value: 'URL',
    description: 'Where the delivery engine finds the repository (default: the remote origin)',
    only: ['app'],
  },
  {
    name: 'branch',
    value: 'main',
    description: 'The branch that the delivery engine follows (default: the current one)',
    only: ['app'],
  },
  { name: 'hub', value: 'docker.io/istio', description: 'The registry that all Istio images come from', only: ['app'] },
  {
    name: 'charts',
    value: 'URL',
    description: "The repository of Istio's charts, or your mirror of it",
    only: ['app'],
  },
  { name: 'from', value: 'FILE', description: 'A whole istio-prod.yaml to start from', only: ['app'] },
  {
    name: 'through',
    value: phaseNames.join('|'),
    choices: phaseNames,
    description: 'The last phase to carry out (default: cut)',
    only: ['revision'],
  },
  {
    name: 'cluster',
    value: 'NAME,…',
    list: true,
    description: 'Only these clusters (default: all)',
    only: ['revision', 'rollback', 'retire'],
  },
  { name: 'branch-name', value: 'NAME', description: 'Commit to this branch, which is made where it is not there' },
  { name: 'all', description: 'Back through every phase, not only the last', only: ['rollback'] },
  {
    name: 'broken',
    description: 'The new revision does not work: the old one serves at once, and the new one goes',
    only: ['rollback'],
  },
  { name: 'defaults', description: 'Ask nothing' },
  { name: 'dry-run', description: 'Show the diff and write nothing' },
  { name: 'json', description: 'Print the result as JSON' },
  { name: 'no-commit', description: 'Write the files and leave git alone; takes one phase' },
  { name: 'force', value: 'RULE', choices: forcibleRules, list: true, description: 'Break this one rule' },
];

/** The options of one command. */
export function optionsOf(command: CommandName): readonly Option[] {
  return allOptions.filter(({ only }) => only === undefined || only.includes(command));
}

/** What was typed, checked: a string per option with one value, a list per option with several. */
export interface Options {
  readonly root: string;
  /** The options that were given a value, by name. */
  readonly given: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly defaults: boolean;
  readonly all: boolean;
  readonly broken: boolean;
  readonly render: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly commit: boolean;
  readonly forced: ReadonlySet<string>;
}

/** Checks what a front door parsed. Throws a Refusal that names every wrong value. */
export function readOptions(command: CommandName, raw: Readonly<Record<string, unknown>>): Options {
  const problems: Problem[] = [];
  const given: Record<string, string> = {};
  const lists: Record<string, readonly string[]> = {};
  for (const option of optionsOf(command)) {
    const value = raw[camelCase(option.name)] ?? raw[option.name];
    if (option.value === undefined || value === undefined) continue;
    const values = (Array.isArray(value) ? value : option.list ? String(value).split(',') : [value]).map((each) =>
      String(each).trim(),
    );
    const wrong = values.filter(
      (each) => each === '' || each === 'true' || (option.choices !== undefined && !option.choices.includes(each)),
    );
    if (wrong.length > 0 || values.length === 0) {
      problems.push({
        rule: 'invalid-option',
        message: `--${option.name} ${wrong.join(',')}: this is no value it takes.`.replace('  ', ' '),
        fix: `Type --${option.name} ${option.choices?.join(option.list ? ',' : '|') ?? option.value}`,
      });
    } else if (option.list) lists[option.name] = [...new Set(values)];
    else given[option.name] = values[0] ?? '';
  }
  if (problems.length > 0) throw new Refusal(problems);
  return {
    root: given['root'] ?? '.',
    given,
    lists,
    defaults: raw['defaults'] === true,
    all: raw['all'] === true,
    broken: raw['broken'] === true,
    render: raw['render'] === true,
    dryRun: raw['dryRun'] === true || raw['dry-run'] === true,
    json: raw['json'] === true,
    commit: raw['commit'] !== false && raw['noCommit'] !== true && raw['no-commit'] !== true,
    forced: new Set(lists['force']),
  };
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
