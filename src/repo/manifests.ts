import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../model/problem.js';

/** A file of manifests that a person gave, or each of a folder and of those below it, with its text. Throws a Refusal where one cannot be read. */
export function readManifests(path: string): Map<string, string> {
  try {
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.(ya?ml|json)$/.test(file))
          .toSorted()
          .map((file) => join(path, file))
      : [path];
    return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  } catch (error) {
    const problem = {
      rule: 'no-such-file',
      message: `The manifests cannot be read: ${(error as Error).message}.`,
      fix: 'Give a file, or a folder of .yaml files: --manifests PATH',
    };
    throw new Refusal([problem], 2, error);
  }
}
