import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Ownership } from '../model/file-spec.js';
import { type Mesh, meshSchema } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import type { LockedFile } from '../plan/plan-files.js';

/** What was written, by which version of this package: a hash per file, so that a hand edit is noticed. */
export const lockFile = 'istio-prod.lock';

const note = 'Written by generator-istio-prod: what it wrote, to notice edits by hand. Do not edit.';
const ownerships: readonly string[] = ['managed', 'frozen', 'seeded'] satisfies Ownership[];

const schema = z.object({
  files: z.record(z.string(), z.string()),
  mesh: meshSchema.optional(),
  charts: z.record(z.string(), z.string()).default({}),
});

/** The hash of a text, whatever its line ends are: a checkout with CRLF is no edit. */
export function hashOf(content: string): string {
  // Most files are the same in every cluster.
  let hash = hashes.get(content);
  if (hash === undefined) {
    hash = createHash('sha256')
      .update(content.includes('\r') ? content.replaceAll('\r\n', '\n') : content)
      .digest('hex');
    hashes.set(content, hash);
  }
  return hash;
}

const hashes = new Map<string, string>();

/** The lock: the files that were written, and the mesh that they were rendered from. */
export interface Lock {
  readonly locked: ReadonlyMap<string, LockedFile>;
  readonly mesh: Mesh | undefined;
  /** The hash of each chart's archive that is rendered in the repository, by its name and version. */
  readonly charts: Readonly<Record<string, string>>;
}

/** The lock as text: one line a file, sorted, and the mesh on one line. */
export function lockText(
  generator: string,
  mesh: Mesh,
  locked: ReadonlyMap<string, LockedFile>,
  charts: Lock['charts'] = {},
): string {
  const files = [...locked]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, { ownership, hash }]) => `  ${JSON.stringify(path)}: "${ownership} sha256:${hash}"`);
  const head = { note, generator, mesh, ...(Object.keys(charts).length === 0 ? {} : { charts }) };
  const lines = Object.entries(head).map(([key, value]) => ` ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  return `{\n${lines.join('\n')}\n "files": {\n${files.join(',\n')}\n }\n}\n`;
}

/** Reads a lock; throws a Refusal where it is no lock, or names a path that leaves the repository. */
export function parseLock(text: string): Lock {
  try {
    const { files, mesh, charts } = schema.parse(JSON.parse(text));
    const locked = Object.entries(files).map(([path, entry]): [string, LockedFile] => {
      const [, ownership, hash] = /^(\w+) sha256:([0-9a-f]{64})$/.exec(entry) ?? [];
      if (ownership === undefined || hash === undefined || !ownerships.includes(ownership))
        throw new Error(`unreadable entry for ${path}`);
      if (path.startsWith('/') || path.split('/').includes('..')) throw new Error(`${path} leaves the repository`);
      return [path, { ownership: ownership as Ownership, hash }];
    });
    return { locked: new Map(locked), mesh, charts };
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
