import { Command, type CommanderError, Option as CommanderOption } from 'commander';
import { helpItem } from './commands/help-item.js';
import type { CommandName } from './commands/option.js';
import { describe, optionsOf } from './commands/options.js';
import { refusalJson, refusalText } from './commands/report.js';
import { runCommand } from './commands/run.js';
import type { Question, Terminal } from './commands/terminal.js';
import { Refusal } from './model/problem.js';
import { packageVersion } from './package.js';

/** The package's own command, `istio-prod`, for CI and for people without yo. */
export async function commandLine(argv: readonly string[]): Promise<void> {
  const program = command('app', new Command('istio-prod'))
    .description(
      'Writes an Argo CD/Flux-ready Git repository for Istio in production, or makes it follow its istio-prod.yaml',
    )
    .version(packageVersion());
  for (const [name, { description, argument }] of Object.entries(commands)) {
    const sub = command(name as CommandName, program.command(name)).description(description);
    if (argument !== undefined) sub.argument(...argument);
  }
  await program.parseAsync([...argv]);
}

const commands: Readonly<
  Record<
    Exclude<CommandName, 'app'>,
    { readonly description: string; readonly argument?: readonly [name: string, description: string] }
  >
> = {
  adopt: {
    description:
      'Writes a repository whose first revision stands beside an Istio that is there; reads it, and changes nothing',
  },
  revision: {
    description: 'Adds an Istio version beside the running one and carries the upgrade out, one commit a phase',
    argument: ['[version...]', 'the Istio version, all three numbers: 1.10.3'],
  },
  rollback: { description: 'Goes back one phase of an upgrade, or all of them' },
  retire: {
    description: 'Takes the next part of an old revision away: gateways, control plane, operator',
    argument: ['[version...]', 'the revision that goes: 1.9.5 or 1-9-5'],
  },
  config: {
    description: 'Adds items of the catalogue of configuration, or takes them away; --list shows all',
    argument: ['[name...]', 'the items: --list shows them'],
  },
  gateway: {
    description: 'Adds a gateway to every cluster, changes its ports, or takes it away',
    argument: ['[name...]', 'the name of the gateway, which is that of its entry Service'],
  },
  cluster: {
    description: 'Adds a cluster that runs what another one runs, or takes one away',
    argument: ['[name...]', 'the name of the cluster'],
  },
  tag: {
    description: 'Makes a revision tag name a live revision, or takes it away',
    argument: ['[name...]', 'the tag, and the revision that it names: prod 1.10.3'],
  },
  versions: { description: 'Shows the Istio versions that are known, and the next step of this mesh' },
  watch: { description: 'Follows an upgrade live, and writes a report: whether any traffic was lost' },
  status: { description: 'Says where the upgrade is, by the repository and by the cluster, and what to type next' },
  verify: { description: 'Builds the repository as its delivery engine does, and checks what is built' },
};

function command(name: CommandName, target: Command): Command {
  for (const option of optionsOf(name)) {
    const { name: long, value } = option;
    const declared = new CommanderOption(value === undefined ? `--${long}` : `--${long} <${value}>`, describe(option));
    if (option.list || option.repeated)
      declared.argParser((each: string, before: readonly string[] = []) => [...before, each]);
    target.addOption(declared);
  }
  return target
    .allowUnknownOption()
    .allowExcessArguments()
    .configureOutput({ outputError: () => {} })
    .configureHelp({ formatItem: helpItem })
    .exitOverride(notParsed)
    .action(async () => {
      // What is no option of the command stands among its words, and what is one of `app` has gone there.
      const first = target.args.findIndex((word) => word.startsWith('-'));
      const words = first < 0 ? target.args : target.args.slice(0, first);
      const unknown = target.args.slice(words.length).flatMap((word) => /^--?([^=]+)/.exec(word)?.[1] ?? []);
      const own = optionsOf(name).map((option) => option.name);
      const ofApp = (target.parent?.options ?? [])
        .filter((option) => target.parent?.getOptionValueSource(option.attributeName()) === 'cli')
        .flatMap(({ long }) => long?.slice(2) ?? [])
        .filter((long) => !own.includes(long));
      const raw = { ...target.optsWithGlobals(), unknown: [...ofApp, ...unknown] };
      process.exitCode = await runCommand(name, words, raw, terminal);
    });
}

/** Ends with the help or the version, or says what is wrong as every refusal does. */
function notParsed({ exitCode, message }: CommanderError): never {
  if (exitCode !== 0) {
    const [, option, value] = /'(--[\w-]+) <(.*)>'/.exec(message) ?? [];
    const refusal = new Refusal([
      option === undefined
        ? { rule: 'invalid-option', message, fix: 'Type istio-prod --help' }
        : { rule: 'invalid-option', message: `${option} is typed without its value.`, fix: `Type ${option} ${value}` },
    ]);
    terminal.print(process.argv.includes('--json') ? refusalJson(refusal) : refusalText(refusal));
  }
  process.exit(exitCode);
}

const terminal: Terminal = {
  frontDoor: 'istio-prod',
  interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  size: () => process.stdout,
  // Loaded late: most runs ask nothing.
  ask: async (questions: readonly Question[]) => (await import('inquirer')).default.prompt(questions as never),
  print: (text) => console.log(text),
};
