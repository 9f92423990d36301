import { Command, Option as CommanderOption } from 'commander';
import { type CommandName, optionsOf } from './commands/options.js';
import { runCommand } from './commands/run.js';
import type { Question, Terminal } from './commands/terminal.js';
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
    if (argument !== undefined) sub.argument('[version...]', argument);
  }
  await program.parseAsync([...argv]);
}

const commands: Readonly<
  Record<Exclude<CommandName, 'app'>, { readonly description: string; readonly argument?: string }>
> = {
  revision: {
    description: 'Adds an Istio version beside the running one and carries the upgrade out, one commit a phase',
    argument: 'the Istio version, all three numbers: 1.10.3',
  },
  rollback: { description: 'Goes back one phase of an upgrade, or all of them' },
  retire: {
    description: 'Takes the next part of an old revision away: gateways, control plane, operator',
    argument: 'the revision that goes: 1.9.5 or 1-9-5',
  },
  config: {
    description: 'Adds items of the catalogue of configuration, or takes them away; --list shows all',
    argument: 'the items: --list shows them',
  },
};

function command(name: CommandName, target: Command): Command {
  for (const { name: option, value, description, choices } of optionsOf(name)) {
    const flags = value === undefined ? `--${option}` : `--${option} <${value}>`;
    target.addOption(
      new CommanderOption(
        flags,
        choices === undefined || value === undefined || value.includes('|') || value.includes(',')
          ? description
          : `${description}: ${choices.join(', ')}`,
      ),
    );
  }
  return target
    .exitOverride((error) => process.exit(error.exitCode))
    .action(async (...given: unknown[]) => {
      const args = Array.isArray(given[0]) ? (given[0] as string[]) : [];
      process.exitCode = await runCommand(name, args, target.optsWithGlobals(), terminal);
    });
}

const terminal: Terminal = {
  interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  // Loaded late: most runs ask nothing.
  ask: async (questions: readonly Question[]) => (await import('inquirer')).default.prompt(questions as never),
  print: (text) => console.log(text),
};
