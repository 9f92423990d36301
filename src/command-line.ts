import { Command, Option as CommanderOption } from 'commander';
import { type CommandName, optionsOf } from './commands/options.js';
import { packageVersion } from './commands/package-version.js';
import { runCommand } from './commands/run.js';
import type { Question, Terminal } from './commands/terminal.js';

/** The package's own command, `istio-prod`, for CI and for people without yo. */
export async function commandLine(argv: readonly string[]): Promise<void> {
  const program = command('app', new Command('istio-prod'))
    .description(
      'Writes an Argo CD/Flux-ready Git repository for Istio in production, or makes it follow its istio-prod.yaml',
    )
    .version(packageVersion());
  command('revision', program.command('revision'))
    .description('Adds an Istio version beside the running one and carries the upgrade out, one commit a phase')
    .argument('[version...]', 'the Istio version, all three numbers: 1.10.3');
  await program.parseAsync([...argv]);
}

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
      const args = name === 'app' ? [] : (given[0] as string[]);
      process.exitCode = await runCommand(name, args, target.optsWithGlobals(), terminal);
    });
}

const terminal: Terminal = {
  interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
  // Loaded late: most runs ask nothing.
  ask: async (questions: readonly Question[]) => (await import('inquirer')).default.prompt(questions as never),
  print: (text) => console.log(text),
};
