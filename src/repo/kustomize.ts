import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join, relative, resolve } from 'node:path';
import { Refusal } from '../model/problem.js';

/** What kustomize made of a folder: the objects as YAML, or its words. */
export type Built = { readonly text: string } | { readonly error: string };

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
        const result = await run(program, [verb, place(index)]);
        built[index] = 'error' in result ? { error: tidy(result.error, target, path, place(index)) } : result;
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

/** The words of kustomize without the name of our scratch folder, and without what it says about trying something else. */
function tidy(error: string, target: string, path: string, scratch: string): string {
  const text = error
    .replaceAll(target, path)
    .replaceAll(scratch, '')
    .replace(/^Error: |^error: /i, '')
    .trim();
  return text.split('\n')[0] ?? '';
}

function run(program: string, args: readonly string[]): Promise<Built> {
  return new Promise((done) => {
    execFile(program, args, { maxBuffer: 2 ** 28, timeout: 120_000 }, (error, stdout, stderr) =>
      done(error === null ? { text: stdout } : { error: stderr || error.message }),
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
