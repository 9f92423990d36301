import { Refusal } from '../model/problem.js';
import { asTyped } from './front-door.js';
import type { CommandName } from './option.js';
import { type Options, readOptions } from './options.js';
import { type Report, refusalJson, refusalText, reportJson, reportText } from './report.js';
import type { Terminal } from './terminal.js';

/**
 * Runs a command for either front door and prints what came of it.
 *
 * Returns the exit code: 0 done, or nothing to do; 1 refused, or findings; 2 could not look. An error that is no Refusal is a bug and
 * goes on to the front door, with its stack.
 */
export async function runCommand(
  command: CommandName,
  args: readonly string[],
  raw: Readonly<Record<string, unknown>>,
  terminal: Terminal,
  today = new Date().toISOString().slice(0, 10),
): Promise<0 | 1 | 2> {
  const json = raw['json'] === true || raw['format'] === 'json';
  const typed = (message: string) => asTyped(message, terminal.frontDoor);
  try {
    const options = readOptions(command, raw, today);
    if (isLooking(command)) {
      const print = (text: string) => terminal.print(typed(text));
      return await look(command, args, options, { ...terminal, print });
    }
    const done = await carryOut(command, args, options, terminal);
    const report = { ...done, warnings: done.warnings.map(typed), next: done.next.map(typed) };
    terminal.print(json ? reportJson(report) : await reportText(report));
    return 0;
  } catch (error) {
    // Ctrl-C at a question, in the words of Inquirer, which both front doors ask with.
    if ((error as Error).name === 'ExitPromptError') {
      terminal.print('Interrupted: nothing was written.');
      return 1;
    }
    if (!(error instanceof Refusal)) throw error;
    const refusal = new Refusal(
      error.problems.map((problem) => ({ ...problem, message: typed(problem.message), fix: typed(problem.fix) })),
      error.exitCode,
    );
    const inFormat =
      command === 'verify' && !json
        ? (await import('./verify-refused.js')).refusedIn(raw['format'], refusal.problems)
        : undefined;
    terminal.print(inFormat ?? (json ? refusalJson(refusal) : refusalText(refusal)));
    return refusal.exitCode;
  }
}

/** Commands that look, and say themselves what they saw and which exit code that is. */
const looking = ['status', 'watch', 'verify'] as const satisfies readonly CommandName[];
type Looking = (typeof looking)[number];

function isLooking(command: CommandName): command is Looking {
  return (looking as readonly CommandName[]).includes(command);
}

async function look(
  command: Looking,
  args: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<0 | 1 | 2> {
  noWords(command, args);
  if (options.problems.length > 0) throw new Refusal(options.problems);
  switch (command) {
    case 'status':
      return await (await import('./status.js')).status(options, terminal);
    case 'watch':
      return await (await import('./watch.js')).watch(options, terminal);
    case 'verify':
      return await (await import('./verify.js')).verify(options, terminal);
  }
}

/** Where an option is wrong, a dry run finds what else is, so that all is said at once. */
async function carryOut(
  command: Exclude<CommandName, Looking>,
  args: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<Report> {
  const { problems } = options;
  if (problems.length === 0) return await start(command, args, options, terminal);
  const others = await start(command, args, { ...options, dryRun: true, defaults: true }, terminal).then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      return error.problems;
    },
  );
  throw new Refusal([...problems, ...others]);
}

/** Each command is loaded when it is asked for. */
async function start(
  command: Exclude<CommandName, Looking>,
  args: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<Report> {
  switch (command) {
    case 'app':
      noWords(command, args);
      return (await import('./app.js')).app(options, terminal);
    case 'adopt':
      noWords(command, args);
      return (await import('./adopt.js')).adopt(options, terminal);
    case 'revision':
      return (await import('./revision.js')).revision(named(command, args, ['VERSION'])[0], options, terminal);
    case 'rollback':
      noWords(command, args);
      return (await import('./rollback.js')).rollback(options, terminal);
    case 'retire':
      return (await import('./retire.js')).retire(named(command, args, ['VERSION'])[0], options, terminal);
    case 'config':
      return (await import('./config.js')).config(args, options, terminal);
    case 'gateway':
      return (await import('./gateway.js')).gateway(named(command, args, ['NAME'])[0], options, terminal);
    case 'cluster':
      return (await import('./cluster.js')).cluster(named(command, args, ['NAME'])[0], options, terminal);
    case 'tag':
      return (await import('./tag.js')).tag(
        named(command, args, options.remove ? ['NAME'] : ['NAME', 'REVISION']),
        options,
        terminal,
      );
    case 'versions':
      noWords(command, args);
      return (await import('./versions.js')).versions(options);
  }
}

function noWords(command: CommandName, args: readonly string[]): void {
  if (args.length === 0) return;
  const typed = command === 'app' ? 'yo istio-prod' : `yo istio-prod:${command}`;
  throw new Refusal([
    { rule: 'unknown-argument', message: `${typed} takes no ${args.join(' ')}.`, fix: `Type ${typed} --help` },
  ]);
}

/** As many words as a command takes, and no more. */
function named(
  command: CommandName,
  args: readonly string[],
  words: readonly ['VERSION'] | readonly ['NAME', 'REVISION'?],
): [string, string | undefined] {
  const [name, second] = args;
  if (name !== undefined && args.length === words.length) return [name, second];
  throw new Refusal([
    {
      rule: 'missing-name',
      message: `${command} takes ${words.join(' and ')}, and got ${args.length === 0 ? 'nothing' : args.join(' ')}.`,
      fix: `Type yo istio-prod:${command} ${words.join(' ')}`,
    },
  ]);
}
