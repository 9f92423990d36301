import type { FileSpec, Ownership } from '../model/file-spec.js';
import type { Problem } from '../model/problem.js';

/** What a run does to one file. `before` is what the file holds now. */
export type FileChange =
  | { readonly type: 'create'; readonly path: string; readonly content: string }
  | { readonly type: 'update'; readonly path: string; readonly before: string; readonly content: string }
  | { readonly type: 'delete'; readonly path: string; readonly before: string };

/** What is known of a file that an earlier run wrote. */
export interface LockedFile {
  readonly ownership: Ownership;
  readonly hash: string;
}

/** The repository as it is: what the lock says was written, and what is there. */
export interface Present {
  readonly locked: ReadonlyMap<string, LockedFile>;
  /** The content of a file, or undefined where there is none. */
  readonly content: (path: string) => string | undefined;
  /** Whether an earlier run was killed while it wrote this file, so that a torn file is no edit. */
  readonly unfinished: (path: string) => boolean;
}

/** The changes that make a repository what the mesh calls for, and the lock that goes with them. */
export interface Plan {
  readonly changes: readonly FileChange[];
  readonly locked: ReadonlyMap<string, LockedFile>;
  readonly problems: readonly Problem[];
  /** Edits by hand that this run was forced to drop. */
  readonly dropped: readonly string[];
  /** Managed files that somebody has deleted: they come back. */
  readonly restored: readonly string[];
}

interface Tools {
  readonly render: (spec: FileSpec) => string;
  readonly hash: (content: string) => string;
  /** Rules that this run may break. */
  readonly forced: ReadonlySet<string>;
  /** Frozen files that are made anew all the same (`renewed.ts`); left out: none. */
  readonly renewed?: ReadonlySet<string>;
}

/**
 * Compares the files that a mesh calls for with the files that are there. Writes nothing.
 *
 * A file that somebody edited is never overwritten: it becomes a problem. Frozen files are rendered only where they are
 * not yet there, seeded ones only where they were never written.
 */
export function planFiles(
  wanted: readonly FileSpec[],
  present: Present,
  { render, hash, forced, renewed }: Tools,
): Plan {
  const changes: FileChange[] = [];
  const problems: Problem[] = [];
  const dropped: string[] = [];
  const restored: string[] = [];
  const locked = new Map<string, LockedFile>();

  for (const spec of wanted) {
    const { path, ownership } = spec;
    const known = present.locked.get(path);
    const before = present.content(path);
    if (
      known !== undefined &&
      (ownership === 'seeded' ||
        (ownership === 'frozen' && before !== undefined && hash(before) === known.hash && !renewed?.has(path)))
    ) {
      locked.set(path, known);
      continue;
    }
    const content = render(spec);
    locked.set(path, { ownership, hash: hash(content) });
    if (before === undefined) {
      if (known !== undefined && ownership === 'frozen' && !forced.has('edited-file')) problems.push(missing(path));
      if (known !== undefined) restored.push(path);
      changes.push({ type: 'create', path, content });
    } else if (hash(before) === hash(content)) {
    } else if (ownership === 'seeded') {
      // It was there before us, and it is theirs.
      locked.set(path, { ownership, hash: hash(before) });
    } else if (known === undefined) {
      if (!torn(before, content, present, path) && !forced.has('foreign-file')) problems.push(foreign(path));
      changes.push({ type: 'update', path, before, content });
    } else {
      const edited = hash(before) !== known.hash && !torn(before, content, present, path);
      if (edited && !forced.has('edited-file')) problems.push(editedFile(path, ownership));
      if (edited) dropped.push(path);
      changes.push({ type: 'update', path, before, content });
    }
  }

  for (const [path, { ownership, hash: known }] of present.locked) {
    const before = present.content(path);
    if (locked.has(path) || ownership === 'seeded' || before === undefined) continue;
    if (hash(before) !== known && !forced.has('edited-file')) problems.push(editedFile(path, ownership));
    changes.push({ type: 'delete', path, before });
  }
  return { changes, locked, problems, dropped, restored };
}

/** A file that a killed run left is a beginning of what it was to become: to complete it loses nothing. */
function torn(before: string, content: string, present: Present, path: string): boolean {
  return present.unfinished(path) && content.startsWith(before);
}

function editedFile(path: string, ownership: Ownership): Problem {
  return {
    rule: 'edited-file',
    message: `${path} is ${ownership}, and somebody has edited it.`,
    fix: `Move the change to clusters/<cluster>/custom/ and take it back here (git checkout COMMIT -- ${path}, from before the edit), or drop it with --force edited-file`,
    forcible: true,
  };
}

function missing(path: string): Problem {
  return {
    rule: 'edited-file',
    message: `${path} is frozen, and somebody has deleted it.`,
    fix: `Bring it back (git checkout COMMIT -- ${path}, from before that), or have it written anew with --force edited-file`,
    forcible: true,
  };
}

function foreign(path: string): Problem {
  return {
    rule: 'foreign-file',
    message: `${path} was here before, and this repository needs that path.`,
    fix: 'Move it away, or have it replaced with --force foreign-file',
    forcible: true,
  };
}
