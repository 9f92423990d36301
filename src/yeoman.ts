import type Generator from 'yeoman-generator';
import type { CommandName } from './commands/option.js';
import { describe, optionsOf } from './commands/options.js';
import { runCommand } from './commands/run.js';
import { packageVersion } from './package.js';

/** Tells Yeoman the options of a command, so that `yo istio-prod --help` shows what `istio-prod --help` shows. */
export function declareOptions(generator: Generator, command: CommandName): void {
  for (const option of optionsOf(command)) {
    const { name, value, repeated } = option;
    // Yeoman makes --no-commit of a switch that is on.
    const on = name.startsWith('no-');
    const description = on ? `On; --${name}: ${describe(option)}` : describe(option);
    generator.option(on ? name.slice(3) : name, {
      // String would glue together what is typed several times.
      type: value === undefined ? Boolean : repeated ? (typed: string) => typed : String,
      description: value === undefined ? description : `${description} (${value})`,
      ...(on ? { default: true } : {}),
    });
  }
}

/** Runs a command with what Yeoman parsed. The exit code is the command's; Yeoman itself writes no file. */
export async function runInYeoman(generator: Generator, command: CommandName): Promise<void> {
  const typed = typedOptions();
  if (typed.includes('version')) {
    console.log(packageVersion());
    return;
  }
  process.exitCode = await runCommand(
    command,
    generator.args as string[],
    { root: generator.contextRoot, ...generator.options, unknown: typed.filter((name) => !isKnown(command, name)) },
    {
      frontDoor: 'yo istio-prod',
      interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
      size: () => process.stdout,
      ask: (questions) => generator.prompt(questions as never),
      print: (text) => console.log(text),
    },
  );
}

/**
 * The options behind the generator's name on the command line of `yo`, none where it was not started by one.
 *
 * Yeoman takes every option, also one that nobody declared: a misspelt --dry-run would write.
 */
function typedOptions(): readonly string[] {
  const words = process.argv.slice(2);
  const name = words.findIndex((word) => /^istio-prod(:|$)/.test(word));
  return words.slice(name < 0 ? words.length : name + 1).flatMap((word) => /^--?([a-z][\w-]*)/i.exec(word)?.[1] ?? []);
}

/** Options of `yo` itself. */
const ofYeoman = ['help', 'h', 'color', 'ask-answered', 'skip-cache', 'skip-install', 'skip-local-cache', 'insight'];

function isKnown(command: CommandName, typed: string): boolean {
  const names = [...optionsOf(command).map(({ name }) => name), ...ofYeoman];
  return names.includes(typed) || names.includes(typed.replace(/^no-/, '')) || names.includes(`no-${typed}`);
}
