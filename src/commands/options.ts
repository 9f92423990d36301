import type { Problem } from '../model/problem.js';
import { allOptions } from './all-options.js';
import type { CommandName, Option } from './option.js';

/** The options of one command. */
export function optionsOf(command: CommandName): readonly Option[] {
  return allOptions.filter(({ only }) => only === undefined || only.includes(command));
}

/** What the help says of an option, with the values that its own name does not show. */
export function describe({ value, description, choices }: Option): string {
  const shown = choices === undefined || value === undefined || value.includes('|') || value.includes(',');
  return shown ? description : `${description}: ${choices.join(', ')}`;
}

/** What was typed, checked: a string per option with one value, a list per option with several. */
export interface Options {
  readonly root: string;
  /** What is wrong with what was typed. Nothing is written then; the values in question are as if not typed. */
  readonly problems: readonly Problem[];
  /** The options that were given a value, by name. */
  readonly given: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly defaults: boolean;
  readonly all: boolean;
  readonly broken: boolean;
  readonly render: boolean;
  readonly list: boolean;
  readonly remove: boolean;
  readonly check: boolean;
  readonly scaleUp: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly commit: boolean;
  readonly forced: ReadonlySet<string>;
  /** The day of the run, YYYY-MM-DD: what is supported depends on it. */
  readonly today: string;
}

/** Checks what a front door parsed. */
export function readOptions(command: CommandName, raw: Readonly<Record<string, unknown>>, today: string): Options {
  const unknown = (raw['unknown'] as readonly string[] | undefined) ?? [];
  const problems: Problem[] = unknown.map((name) => ({
    rule: 'unknown-option',
    message: `--${name} is no option of this command.`,
    fix: `Type yo istio-prod${command === 'app' ? '' : `:${command}`} --help`,
  }));
  const given: Record<string, string> = {};
  const lists: Record<string, readonly string[]> = {};
  for (const option of optionsOf(command)) {
    const value = raw[camelCase(option.name)] ?? raw[option.name];
    if (option.value === undefined || value === undefined) continue;
    const several = option.list ?? option.repeated;
    const values = (Array.isArray(value) ? value : [value])
      .flatMap((each) => (option.list ? String(each).split(',') : [String(each)]))
      .map((each) => each.trim());
    const wrong = values.filter(
      (each) => each === '' || each === 'true' || (option.choices !== undefined && !option.choices.includes(each)),
    );
    if (wrong.length > 0 || values.length === 0) {
      problems.push({
        rule: 'invalid-option',
        message: `--${option.name} ${wrong.join(',')}: this is no value it takes.`.replace('  ', ' '),
        fix: `Type --${option.name} ${option.choices?.join(option.list ? ',' : '|') ?? option.value}`,
      });
    } else if (several) lists[option.name] = [...new Set(values)];
    else given[option.name] = values[0] ?? '';
  }
  return {
    problems,
    root: given['root'] ?? '.',
    given,
    lists,
    defaults: raw['defaults'] === true,
    all: raw['all'] === true,
    broken: raw['broken'] === true,
    render: raw['render'] === true,
    list: raw['list'] === true,
    remove: raw['remove'] === true,
    check: raw['check'] === true,
    scaleUp: raw['scaleUp'] === true || raw['scale-up'] === true,
    dryRun: raw['dryRun'] === true || raw['dry-run'] === true,
    json: raw['json'] === true,
    commit: raw['commit'] !== false && raw['noCommit'] !== true && raw['no-commit'] !== true,
    forced: new Set(lists['force']),
    today,
  };
}

/** `--cluster` as it was typed, for the command to type next: without it, that would go on in every cluster. */
export function sameClusters({ lists }: Options): string {
  return lists['cluster'] === undefined ? '' : ` --cluster ${lists['cluster'].join(',')}`;
}

/** What was typed beside --remove, and says what is to come, not what is to go. */
export function besideRemove({ remove, given, lists }: Options, names: readonly string[]): Problem[] {
  return names
    .filter((name) => remove && (given[name] ?? lists[name]) !== undefined)
    .map((name) => ({
      rule: 'invalid-option',
      message: `--remove takes it away, and --${name} says what it is to be.`,
      fix: `Leave --${name} away, or --remove`,
    }));
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
