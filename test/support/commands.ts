import { stripVTControlCharacters } from 'node:util';
import type { CommandName } from '../../src/commands/option.js';
import { runCommand } from '../../src/commands/run.js';

/** The day on which commands run here: what is supported depends on it. */
const today = '2026-11-22';

/** What came of a command. */
export interface Ran {
  readonly exitCode: 0 | 1 | 2;
  /** All that it printed, without colours. */
  readonly text: string;
}

/** Options as a person types them, without the dashes; `version` is the argument of a command that takes one. */
export type Typed = Readonly<Record<string, unknown>>;

/** Runs a command in this process, as either front door does, with nobody there to answer questions. */
export async function command(name: CommandName, folder: string, typed: Typed = {}): Promise<Ran> {
  const { version, ...options } = typed;
  const printed: string[] = [];
  const exitCode = await runCommand(
    name,
    version === undefined ? [] : [version].flat().map(String),
    { root: folder, ...options },
    {
      frontDoor: 'yo istio-prod',
      interactive: false,
      ask: () => Promise.reject(new Error('Nobody is there to answer')),
      print: (text) => printed.push(text),
    },
    today,
  );
  return { exitCode, text: stripVTControlCharacters(printed.join('\n')) };
}

/** `yo istio-prod`; throws where it is refused. */
export async function app(folder: string, typed: Typed = {}): Promise<string> {
  return must(await command('app', folder, typed));
}

/** `yo istio-prod:revision VERSION`; throws where it is refused. */
export async function revision(folder: string, version: string, typed: Typed = {}): Promise<string> {
  return must(await command('revision', folder, { version, ...typed }));
}

function must({ exitCode, text }: Ran): string {
  if (exitCode !== 0) throw new Error(text);
  return text;
}
