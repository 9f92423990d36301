import { execFile } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join, relative, resolve } from 'node:path';
import { Refusal } from '../model/problem.js';

/** What kustomize made of a folder: YAML that has its objects, or its words and the folder that they are about. */
export type Built = { readonly text: string } | { readonly error: string; readonly folder: string };

/** The annotations by which a built object says what file it is from (relative to what `file` knows), and which folder brought it. */
export const originAnnotation = 'config.kubernetes.io/origin';
export const partAnnotation = 'istio-prod/part';

/** What was built, in the order of the folders; those of a group share their text. */
export interface Builds {
  readonly built: readonly Built[];
  /** The file that an origin names, relative to the root of the folder with this index. */
  file(index: number, origin: string): string;
}

/** A folder to build, below the root of a tree of files. Folders of a group are built by one process, if they build together. */
export interface Folder {
  readonly root: string;
  readonly path: string;
  readonly group: string;
}

/**
 * Builds folders with the real kustomize that is found on PATH, as many groups at once as there are cores.
 *
 * Each is built by way of kustomizations of ours in a scratch folder, which ask for the origin of every object, say which
 * folder it is of, and change nothing else. Throws a Refusal where there is no kustomize.
 */
export async function buildFolders<T>(folders: readonly Folder[], task: (builds: Builds) => T): Promise<T> {
  const program = onPath('kustomize') ?? onPath('kubectl');
  if (program === undefined) throw noKustomize();
  const verb = /kustomize[^/\\]*$/.test(program) ? 'build' : 'kustomize';
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'istio-prod-verify-')));
  try {
    const built: Built[] = [];
    const build = (indices: readonly number[]) => {
      // All wrappers are equally deep, so that an origin means the same whichever it was built by.
      const place = mkdtempSync(join(scratch, 'group-'));
      for (const index of indices) writePart(place, index, folders[index] as Folder);
      write(place, 'kustomization.yaml', { resources: indices.map(String), buildMetadata: ['originAnnotations'] });
      return run(program, [verb, place]);
    };
    const groups = [...folders.keys()].reduce((known, index) => {
      const group = folders[index]?.group ?? '';
      return known.set(group, [...(known.get(group) ?? []), index]);
    }, new Map<string, number[]>());
    await inParallel([...groups.values()], async (indices) => {
      try {
        const text = await build(indices);
        for (const index of indices) built[index] = { text };
      } catch {
        for (const index of indices) {
          const { root, path } = folders[index] as Folder;
          built[index] = await build([index]).then(
            (text) => ({ text }),
            (words: string) => understood(words, realpathSync(root), path, scratch),
          );
        }
      }
    });
    const file = (index: number, origin: string) =>
      relative(realpathSync(folders[index]?.root ?? scratch), resolve(scratch, 'group', origin)).replaceAll('\\', '/');
    return task({ built, file });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A kustomization around one folder, which marks its objects. */
function writePart(place: string, index: number, { root, path }: Folder): void {
  const folder = join(place, String(index));
  mkdirSync(folder);
  const target = relative(folder, join(realpathSync(root), path)).replaceAll('\\', '/');
  write(folder, 'kustomization.yaml', { resources: [target], transformers: ['part.yaml'] });
  write(folder, 'part.yaml', {
    apiVersion: 'builtin',
    kind: 'AnnotationsTransformer',
    metadata: { name: 'part' },
    annotations: { [partAnnotation]: String(index) },
    fieldSpecs: [{ path: 'metadata/annotations', create: true }],
  });
}

/** JSON is YAML. */
function write(folder: string, name: string, content: object): void {
  writeFileSync(join(folder, name), JSON.stringify(content));
}

/** Runs a task for every item, as many at once as there are cores. */
async function inParallel<Item>(items: readonly Item[], task: (item: Item) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < items.length) await task(items[next++] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), items.length) }, work));
}

/** The end of what kustomize says, which names the cause, and the innermost folder that it was in. */
function understood(words: string, root: string, path: string, scratch: string): Built {
  const [, logged] = /"command failed" err="(.*)"\s*$/s.exec(words) ?? [];
  const text = (logged?.replaceAll('\\"', '"').replaceAll('\\n', ' ') ?? words.replace(/^error: /i, ''))
    .replaceAll(`${root}/`, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const folders = [...text.matchAll(/(?:recursed accumulation of path|couldn't make target for path) '([^']*)': /g)];
  const last = folders.at(-1);
  const cause = last === undefined ? text : text.slice(last.index + last[0].length);
  const own = folders.map(([, folder]) => folder).filter((folder) => !folder?.startsWith(scratch));
  return { error: cause.replace(/"$/, '').slice(0, 500), folder: own.at(-1) ?? path };
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
