import type Generator from 'yeoman-generator';
import { type CommandName, optionsOf } from './commands/options.js';
import { runCommand } from './commands/run.js';

/** Tells Yeoman the options of a command, so that `yo istio-prod --help` shows what `istio-prod --help` shows. */
export function declareOptions(generator: Generator, command: CommandName): void {
  for (const { name, value, description, repeated } of optionsOf(command)) {
    // Yeoman makes --no-commit of a switch that is on.
    const on = name.startsWith('no-');
    generator.option(on ? name.slice(3) : name, {
      // String would glue together what is typed several times.
      type: value === undefined ? Boolean : repeated ? (typed: string) => typed : String,
      description: value === undefined ? description : `${description} (${value})`,
      ...(on ? { default: true } : {}),
    });
  }
}

/** Runs a command with what Yeoman parsed. The exit code is the command's; Yeoman itself writes no file. */
export async function runInYeoman(generator: Generator, command: CommandName, args: readonly string[]): Promise<void> {
  process.exitCode = await runCommand(
    command,
    args,
    { root: generator.contextRoot, ...generator.options },
    {
      frontDoor: 'yo istio-prod',
      interactive: process.stdin.isTTY === true && process.stdout.isTTY === true,
      ask: (questions) => generator.prompt(questions as never),
      print: (text) => console.log(text),
    },
  );
}
