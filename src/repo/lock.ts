import { createHash } from 'node:crypto';
import type { Ownership } from '../model/file-spec.js';
import { Refusal } from '../model/problem.js';
import type { LockedFile } from '../plan/plan-files.js';
import type { Settled } from '../policy/settled.js';

/** What was written, by which version of this package: a hash per file, so that a hand edit is noticed. */
export const lockFile = 'istio-prod.lock';

const note = 'Written by generator-istio-prod: what it wrote, to notice edits by hand. Do not edit.';
const ownerships: readonly string[] = ['managed', 'frozen', 'seeded'] satisfies Ownership[];

/** The hash of a text, whatever its line ends are: a checkout with CRLF is no edit. */
export function hashOf(content: string): string {
  return createHash('sha256')
    .update(content.includes('\r') ? content.replaceAll('\r\n', '\n') : content)
    .digest('hex');
}

/** The lock: what was written, and what of the mesh cannot change any more. */
export interface Lock {
  readonly locked: ReadonlyMap<string, LockedFile>;
  readonly settled: Settled | undefined;
}

/** The lock as text, one line a file, sorted. */
export function lockText(generator: string, locked: ReadonlyMap<string, LockedFile>, settled: Settled): string {
  const files = Object.fromEntries(
    [...locked]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { ownership, hash }]) => [path, `${ownership} sha256:${hash}`]),
  );
  return `${JSON.stringify({ note, generator, settled, files }, null, 1)}\n`;
}

/** Reads a lock; throws a Refusal where it is no lock, or names a path that leaves the repository. */
export function parseLock(text: string): Lock {
  try {
    const { files, settled } = JSON.parse(text) as { files: Record<string, string>; settled?: Settled };
    const locked = Object.entries(files).map(([path, entry]): [string, LockedFile] => {
      const [, ownership, hash] = /^(\w+) sha256:([0-9a-f]{64})$/.exec(entry) ?? [];
      if (ownership === undefined || hash === undefined || !ownerships.includes(ownership))
        throw new Error(`unreadable entry for ${path}`);
      if (path.startsWith('/') || path.split('/').includes('..')) throw new Error(`${path} leaves the repository`);
      return [path, { ownership: ownership as Ownership, hash }];
    });
    return { locked: new Map(locked), settled };
  } catch (error) {
    throw new Refusal(
      [
        {
          rule: 'broken-lock',
          message: `${lockFile} cannot be read: ${(error as Error).message}.`,
          fix: `Bring it back: git checkout -- ${lockFile}`,
        },
      ],
      1,
      error,
    );
  }
}
