import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { type Problem, Refusal } from '../model/problem.js';
import type { FileChange } from '../plan/plan-files.js';

/** The folders that emitted files are in; nothing else is ever looked at. */
const folders = ['.github', 'bases', 'clusters', 'delivery', 'docs', 'revisions'];

/** Reads one file as text; undefined where there is none. Throws a Refusal that names the file where it cannot be read. */
export function readText(root: string, path: string): string | undefined {
  try {
    return readFileSync(resolve(root, path), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failed(`read ${path}`, error);
  }
}

/** Every file below the folders that emitted files are in, with forward slashes. */
export function listFiles(root: string): Set<string> {
  const paths = new Set<string>();
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else paths.add(path);
    }
  };
  for (const entry of existsSync(root) ? readdirSync(root, { withFileTypes: true }) : []) {
    if (!entry.isDirectory()) paths.add(entry.name);
    else if (folders.includes(entry.name)) walk(entry.name);
  }
  return paths;
}

/** Every file below the folders that emitted files are in, with its text. */
export function readTree(root: string): Map<string, string> {
  return new Map([...listFiles(root)].map((path) => [path, readText(root, path) ?? '']));
}

/**
 * Carries changes out. Whole runs are made safe by the journal (`unfinished.ts`), so this only has to be fast: it makes
 * each folder once and writes straight, which is several times faster than a promise a file.
 */
export function writeChanges(root: string, changes: readonly FileChange[]): void {
  const made = new Set<string>();
  for (const change of changes) {
    const target = join(root, change.path);
    try {
      if (change.type === 'delete') {
        rmSync(target, { force: true });
        removeEmptyFolders(root, dirname(change.path));
        continue;
      }
      const folder = dirname(target);
      if (!made.has(folder)) mkdirSync(folder, { recursive: true });
      made.add(folder);
      writeFileSync(target, change.content);
    } catch (error) {
      throw failed(`write ${change.path}`, error);
    }
  }
}

/** Writes a file so that it is there as a whole or not at all. */
export function writeWhole(root: string, path: string, content: string): void {
  try {
    mkdirSync(root, { recursive: true });
    const beside = join(root, `${path}.new`);
    writeFileSync(beside, content);
    renameSync(beside, join(root, path));
  } catch (error) {
    throw failed(`write ${path}`, error);
  }
}

/** Makes a folder that is to be written to later; throws a Refusal now where it cannot be. */
export function makeFolder(root: string): void {
  try {
    mkdirSync(root, { recursive: true });
    accessSync(root, constants.W_OK);
  } catch (error) {
    throw failed(`write to ${root}`, error);
  }
}

/** Removes a file that may not be there. */
export function removeFile(root: string, path: string): void {
  rmSync(join(root, path), { force: true });
}

/** Paths that a link leads out of the repository: to write or delete there would reach files of somebody else. */
export function checkPaths(root: string, changes: readonly FileChange[]): Problem[] {
  const top = existsSync(root) ? realpathSync(root) : root;
  const places = new Map<string, Place>([['.', placeOf(top, top)]]);
  const placed = (path: string): Place => {
    let place = places.get(path);
    if (place === undefined) {
      const above = placed(dirname(path));
      // Below what is absent there is no link to look for.
      place = above === 'inside' ? placeOf(top, join(top, path)) : above;
      places.set(path, place);
    }
    return place;
  };
  return changes
    .filter(({ path }) => placed(path) === 'outside')
    .map(({ path }) => ({
      rule: 'path-outside',
      message: `${path} leads out of the repository through a link.`,
      fix: 'Remove the link',
    }));
}

type Place = 'inside' | 'outside' | 'absent';

function placeOf(top: string, path: string): Place {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 'absent';
  if (!status.isSymbolicLink() || path === top) return 'inside';
  return existsSync(path) && realpathSync(path).startsWith(top + sep) ? 'inside' : 'outside';
}

function removeEmptyFolders(root: string, folder: string): void {
  if (folder === '.' || readdirSync(join(root, folder)).length > 0) return;
  rmdirSync(join(root, folder));
  removeEmptyFolders(root, dirname(folder));
}

function failed(what: string, cause: unknown): Refusal {
  return new Refusal(
    [
      {
        rule: 'file-system',
        message: `Could not ${what}: ${(cause as Error).message}.`,
        fix: 'Mend it and run the same command again: it goes on where it was',
      },
    ],
    2,
    cause,
  );
}
