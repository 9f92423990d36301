import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tester } from './git.js';

const root = join(import.meta.dirname, '../..');
const cli = join(root, 'dist/src/cli.js');

/** What came of a process. */
export interface Exited {
  /** The exit code; null where it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built `istio-prod` as a process of its own, with no terminal. `npm test` builds it first. */
export function istioProd(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Exited {
  if (!existsSync(cli)) throw new Error('Build it first: npm run build');
  return run(process.execPath, [...nodeOptions, cli, ...args], folder, {
    ...process.env,
    ...tester,
    NO_COLOR: '1',
    ...env,
  });
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  who: { readonly uid?: number; readonly gid?: number } = {},
): Exited {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8', input: '', ...who });
  if (error !== undefined) throw error;
  return { code: status, stdout, stderr };
}
