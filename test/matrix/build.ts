import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { writeAll } from '../support/a-repository.js';
import { type Built, kubectl } from '../support/kubectl.js';
import { reachableFrom } from '../support/reachable.js';
import { scratchRoot } from '../support/scratch-root.js';

const execute = promisify(execFile);

const waiting: (() => void)[] = [];
let free = availableParallelism();

/** Runs programs side by side, as many as there are processors. */
export async function inTurn<T>(task: () => Promise<T>): Promise<T> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await task();
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

const built = new Map<string, Promise<readonly Built[]>>();
/** How many folders were asked for, and how many were not the same as another. */
export const builds = { asked: 0, different: () => built.size };

/**
 * What real kustomize builds of a folder of a repository, parsed as the engines do: as YAML 1.1.
 *
 * Folders whose files are all the same in two repositories are built once.
 */
export function build(folder: string, files: ReadonlyMap<string, string>): Promise<readonly Built[]> {
  builds.asked += 1;
  const needed = new Map([...reachableFrom(folder, files)].toSorted().map((path) => [path, files.get(path) ?? '']));
  const key = createHash('sha256')
    .update(JSON.stringify([folder, ...needed]))
    .digest('hex');
  const known = built.get(key) ?? kustomize(folder, needed);
  built.set(key, known);
  return known;
}

async function kustomize(folder: string, files: ReadonlyMap<string, string>): Promise<readonly Built[]> {
  const scratch = mkdtempSync(join(scratchRoot, 'istio-prod-matrix-'));
  try {
    writeAll(scratch, files);
    const args = ['kustomize', join(scratch, folder)];
    const { stdout } = await inTurn(() => execute(kubectl(), args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
    return loadAll(stdout, { schema: YAML11_SCHEMA }) as Built[];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
