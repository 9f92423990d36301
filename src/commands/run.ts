import { Refusal } from '../model/problem.js';
import { type CommandName, type Options, readOptions } from './options.js';
import { type Report, refusalJson, refusalText, reportJson, reportText } from './report.js';
import type { Terminal } from './terminal.js';

/**
 * Runs a command for either front door and prints what came of it.
 *
 * Returns the exit code: 0 done, or nothing to do; 1 refused; 2 could not look. An error that is no Refusal is a bug and
 * goes on to the front door, with its stack.
 */
export async function runCommand(
  command: CommandName,
  args: readonly string[],
  raw: Readonly<Record<string, unknown>>,
  terminal: Terminal,
): Promise<0 | 1 | 2> {
  const json = raw['json'] === true;
  try {
    const report = await carryOut(command, args, readOptions(command, raw), terminal);
    terminal.print(json ? reportJson(report) : await reportText(report));
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    terminal.print(json ? refusalJson(error) : refusalText(error));
    return error.exitCode;
  }
}

/** Each command is loaded when it is asked for. */
async function carryOut(
  command: CommandName,
  args: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<Report> {
  switch (command) {
    case 'app':
      return (await import('./app.js')).app(options, terminal);
    case 'revision':
      return (await import('./revision.js')).revision(oneVersion(command, args), options, terminal);
    case 'rollback':
      return (await import('./rollback.js')).rollback(options, terminal);
    case 'retire':
      return (await import('./retire.js')).retire(oneVersion(command, args), options, terminal);
    case 'config':
      return (await import('./config.js')).config(args, options, terminal);
  }
}

function oneVersion(command: CommandName, args: readonly string[]): string {
  const [version, ...rest] = args;
  if (version !== undefined && rest.length === 0) return version;
  throw new Refusal([
    {
      rule: 'invalid-version',
      message: `One version is needed, and ${args.length} were given.`,
      fix: `Type yo istio-prod:${command} 1.10.3`,
    },
  ]);
}
