import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The top of the project. */
export const project = join(import.meta.dirname, '../..');

/** The files below a folder of the project, with forward slashes and relative to the project. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(project, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(project, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}

export function textOf(path: string): string {
  return readFileSync(join(project, path), 'utf8');
}
