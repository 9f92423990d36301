import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import type { CommandName } from '../../src/commands/option.js';
import { command, type Ran, type Typed } from './commands.js';
import { commitAll, git } from './git.js';
import { scratchRoot } from './scratch-root.js';

/** A command with its options, under its name; `version` is the argument of those that take one (a list: all of them). */
type Named = { readonly [name in CommandName]?: Typed };

/** One thing that was done before the command under test; `given.yaml` is a list of them. */
interface Deed extends Named {
  /** Edits by hand: text in a file that was replaced (a line of it, or many), files written, removed, and links. */
  readonly edit?: { readonly file: string; readonly from: string; readonly to: string };
  readonly write?: Readonly<Record<string, string>>;
  readonly remove?: string;
  readonly link?: { readonly at: string; readonly to: string };
  /** A commit of all that is there, and other words to git. */
  readonly commit?: string;
  readonly git?: readonly string[];
}

/** The command under test; `show` keeps the expected diff to these paths, and names the others. */
interface Answers extends Named {
  readonly show?: readonly string[];
}

/** A folder with the repository and, beside it, a folder that belongs to somebody else. */
export interface Stage {
  readonly top: string;
  readonly repository: string;
}

/** Puts stages up. What many scenarios have in common is done once and copied. */
export class Stages {
  readonly #folder = mkdtempSync(join(scratchRoot, 'istio-prod-scenarios-'));
  readonly #made = new Map<string, Promise<Stage>>();
  #count = 0;

  /** A stage of one's own after these deeds. */
  async after(deeds: readonly Deed[]): Promise<Stage> {
    return this.#copy(await this.#shared(deeds));
  }

  remove(top: string): void {
    rmSync(top, { recursive: true, force: true });
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #shared(deeds: readonly Deed[]): Promise<Stage> {
    const key = JSON.stringify(deeds);
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(deeds);
    this.#made.set(key, made);
    return made;
  }

  async #make(deeds: readonly Deed[]): Promise<Stage> {
    const last = deeds.at(-1);
    const stage = this.#copy(last === undefined ? undefined : await this.#shared(deeds.slice(0, -1)));
    if (last !== undefined) await perform(stage.repository, last);
    return stage;
  }

  #copy(from: Stage | undefined): Stage {
    this.#count += 1;
    const top = join(this.#folder, String(this.#count));
    const stage = { top, repository: join(top, 'repository') };
    if (from !== undefined) cpSync(from.top, top, { recursive: true, verbatimSymlinks: true });
    else {
      mkdirSync(stage.repository, { recursive: true });
      mkdirSync(join(top, 'elsewhere'));
      writeFileSync(join(top, 'elsewhere', 'of-somebody-else.txt'), 'Not ours.\n');
    }
    return stage;
  }
}

/** The start of a scenario and the command that it is about. */
export function readScenario(folder: string): { readonly deeds: readonly Deed[]; readonly answers: Answers } {
  return {
    deeds: (load(readFileSync(join(folder, 'given.yaml'), 'utf8')) ?? []) as Deed[],
    answers: load(readFileSync(join(folder, 'answers.yaml'), 'utf8')) as Answers,
  };
}

/** Runs the command that a scenario, or one of its deeds, names. */
export async function runNamed(repository: string, named: Named): Promise<Ran> {
  const name = nameOf(named);
  if (name === undefined) throw new Error('No command is named');
  const { root, from, manifests, ...rest } = named[name] ?? {};
  const folder = root === undefined ? repository : join(repository, String(root));
  return await command(name, folder, {
    ...rest,
    ...(from === undefined ? {} : { from: join(repository, String(from)) }),
    ...(manifests === undefined ? {} : { manifests: join(installations, String(manifests)) }),
  });
}

/** What `adopt` looks at in scenarios. */
const installations = join(import.meta.dirname, '../adopt/installations');

function nameOf(named: Named): CommandName | undefined {
  return (
    ['app', 'adopt', 'revision', 'rollback', 'retire', 'gateway', 'cluster', 'tag', 'versions', 'config'] as const
  ).find((name) => named[name] !== undefined);
}

async function perform(repository: string, deed: Deed): Promise<void> {
  const at = (path: string) => join(repository, path);
  if (nameOf(deed) !== undefined) {
    const { exitCode, text } = await runNamed(repository, deed);
    if (exitCode !== 0) throw new Error(text);
  }
  if (deed.edit !== undefined) {
    const { file, from, to } = deed.edit;
    const text = readFileSync(at(file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(
      at(file),
      text.replace(from, () => to),
    );
  }
  for (const [path, content] of Object.entries(deed.write ?? {})) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  }
  if (deed.remove !== undefined) rmSync(at(deed.remove), { recursive: true });
  if (deed.link !== undefined) symlinkSync(deed.link.to, at(deed.link.at));
  if (deed.commit !== undefined) commitAll(repository, deed.commit);
  if (deed.git !== undefined) git(repository, ...deed.git);
}
