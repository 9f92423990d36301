import { Refusal } from '../model/problem.js';
import type { CommandName } from './options.js';
import { readOptions } from './options.js';
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
    const options = readOptions(command, raw);
    const report: Report =
      command === 'app'
        ? await (await import('./app.js')).app(options, terminal)
        : await (await import('./revision.js')).revision(args, options, terminal);
    terminal.print(json ? reportJson(report) : reportText(report));
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    terminal.print(json ? refusalJson(error) : refusalText(error));
    return error.exitCode;
  }
}
