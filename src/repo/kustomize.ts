import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join, relative, resolve } from 'node:path';
import { Refusal } from '../model/problem.js';

/** What kustomize made of a folder: the objects as YAML, or its words and the folder that they are about. */
export type Built = { readonly text: string } | { readonly error: string; readonly folder: string };

/** The annotation by which a built object says what file it is from, relative to the folder that `base` names. */
export const originAnnotation = 'config.kubernetes.io/origin';

/** What was built, in the order of the folders. */
export interface Builds {
  readonly built: readonly Built[];
  /** The file that an origin names, relative to the root of the folder with this index. */
  file(index: number, origin: string): string;
}

/** A folder to build, below the root of a tree of files. */
export interface Folder {
  readonly root: string;
  readonly path: string;
}

/**
 * Builds folders with the real kustomize that is found on PATH, as many at once as there are cores.
 *
 * Each is built by way of a kustomization of ours in a scratch folder, which asks for the origin of every object and
 * changes nothing else. Throws a Refusal where there is no kustomize.
 */
export async function buildFolders<T>(folders: readonly Folder[], task: (builds: Builds) => T): Promise<T> {
  const program = onPath('kustomize') ?? onPath('kubectl');
  if (program === undefined) throw noKustomize();
  const verb = /kustomize[^/\\]*$/.test(program) ? 'build' : 'kustomize';
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'istio-prod-verify-')));
  try {
    const place = (index: number) => join(scratch, String(index));
    const built: Built[] = [];
    let next = 0;
    const work = async () => {
      for (let index = next++; index < folders.length; index = next++) {
        const { root, path } = folders[index] as Folder;
        const target = relative(place(index), join(realpathSync(root), path)).replaceAll('\\', '/');
        mkdirSync(place(index));
        const wrapper = { resources: [target], buildMetadata: ['originAnnotations'] };
        writeFileSync(join(place(index), 'kustomization.yaml'), JSON.stringify(wrapper));
        built[index] = await run(program, [verb, place(index)]).then(
          (text) => ({ text }),
          (words: string) => understood(words, realpathSync(root), path),
        );
      }
    };
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), folders.length) }, work));
    const file = (index: number, origin: string) =>
      relative(realpathSync(folders[index]?.root ?? scratch), resolve(place(index), origin)).replaceAll('\\', '/');
    return task({ built, file });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The end of what kustomize says, which names the cause, and the innermost folder that it was in. */
function understood(words: string, root: string, path: string): Built {
  const [, logged] = /"command failed" err="(.*)"\s*$/s.exec(words) ?? [];
  const text = (logged?.replaceAll('\\"', '"').replaceAll('\\n', ' ') ?? words.replace(/^error: /i, ''))
    .replaceAll(`${root}/`, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const folders = [...text.matchAll(/(?:recursed accumulation of path|couldn't make target for path) '([^']*)': /g)];
  const last = folders.at(-1);
  const cause = last === undefined ? text : text.slice(last.index + last[0].length);
  return { error: cause.replace(/"$/, '').slice(0, 500), folder: last?.[1] ?? path };
}

/** What a program prints; rejects with its words where it fails. */
function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    execFile(program, args, { maxBuffer: 2 ** 28, timeout: 120_000 }, (error, stdout, stderr) =>
      error === null ? done(stdout) : fail(stderr || error.message),
    );
  });
}

/** Where a program is on PATH. */
function onPath(name: string): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.exe'] : [''];
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function noKustomize(): Refusal {
  return new Refusal(
    [
      {
        rule: 'no-kustomize',
        message: 'Neither kustomize nor kubectl is on PATH, and what is checked is what kustomize builds.',
        fix: 'Install one of them: https://kubectl.docs.kubernetes.io/installation/kustomize',
      },
    ],
    2,
  );
}
