import { describe, expect, it } from 'vitest';
import { type FileSpec, fromText, type Ownership } from '../../src/model/file-spec.js';
import { planFiles } from '../../src/plan/plan-files.js';
import { hashOf } from '../../src/repo/lock.js';

const path = 'a/file.yaml';

/** One file: what is there, what the lock says was written, and what the mesh calls for; undefined is nothing. */
interface Case {
  readonly ownership: Ownership;
  readonly there?: string;
  readonly written?: string;
  readonly wanted?: string;
  readonly unfinished?: boolean;
  readonly forced?: string;
  readonly renewed?: boolean;
}

function plan({ ownership, there, written, wanted, unfinished = false, forced, renewed = false }: Case) {
  const rendered: string[] = [];
  const specs = wanted === undefined ? [] : [fromText(path, ownership, wanted)];
  const result = planFiles(
    specs,
    {
      locked: new Map(written === undefined ? [] : [[path, { ownership, hash: hashOf(written) }]]),
      content: (asked) => (asked === path ? there : undefined),
      unfinished: () => unfinished,
    },
    {
      render: (spec: FileSpec) => {
        rendered.push(spec.path);
        return spec.source.kind === 'text' ? spec.source.text : '';
      },
      hash: hashOf,
      forced: new Set(forced === undefined ? [] : [forced]),
      renewed: new Set(renewed ? [path] : []),
    },
  );
  return {
    change: result.changes[0]?.type ?? 'none',
    rules: result.problems.map(({ rule }) => rule),
    locked: result.locked.get(path)?.hash,
    rendered: rendered.length > 0,
  };
}

describe('a managed file', () => {
  const ownership = 'managed';
  it('is made where it is not there', () => {
    expect(plan({ ownership, wanted: 'new' })).toMatchObject({ change: 'create', rules: [], locked: hashOf('new') });
  });
  it('follows the mesh where nobody has edited it', () => {
    expect(plan({ ownership, there: 'old', written: 'old', wanted: 'new' })).toMatchObject({
      change: 'update',
      rules: [],
    });
  });
  it('stays where it is right already, whoever wrote it', () => {
    expect(plan({ ownership, there: 'new', written: 'new', wanted: 'new' })).toMatchObject({
      change: 'none',
      rules: [],
    });
    expect(plan({ ownership, there: 'new', written: 'old', wanted: 'new' })).toMatchObject({
      change: 'none',
      rules: [],
    });
    expect(plan({ ownership, there: 'new', wanted: 'new' })).toMatchObject({
      change: 'none',
      rules: [],
      locked: hashOf('new'),
    });
  });
  it('is right with other line ends too', () => {
    expect(plan({ ownership, there: 'a\r\nb\r\n', written: 'a\nb\n', wanted: 'a\nb\n' })).toMatchObject({
      change: 'none',
      rules: [],
    });
  });
  it('is refused where somebody has edited it, and replaced by force', () => {
    const edited = { ownership, there: 'mine', written: 'old', wanted: 'new' } as const;
    expect(plan(edited).rules).toStrictEqual(['edited-file']);
    expect(plan({ ...edited, wanted: 'old' }).rules).toStrictEqual(['edited-file']);
    expect(plan({ ...edited, forced: 'edited-file' })).toMatchObject({ change: 'update', rules: [] });
    expect(plan({ ...edited, forced: 'foreign-file' }).rules).toStrictEqual(['edited-file']);
  });
  it('is made again where somebody has deleted it', () => {
    expect(plan({ ownership, written: 'old', wanted: 'old' })).toMatchObject({ change: 'create', rules: [] });
  });
  it('is refused where somebody else had a file there before, and replaced by force', () => {
    const foreign = { ownership, there: 'theirs', wanted: 'new' } as const;
    expect(plan(foreign).rules).toStrictEqual(['foreign-file']);
    expect(plan({ ...foreign, forced: 'foreign-file' })).toMatchObject({ change: 'update', rules: [] });
  });
  it('goes where the mesh does not call for it any more, unless somebody has edited it', () => {
    expect(plan({ ownership, there: 'old', written: 'old' })).toMatchObject({
      change: 'delete',
      rules: [],
      locked: undefined,
    });
    expect(plan({ ownership, there: 'mine', written: 'old' }).rules).toStrictEqual(['edited-file']);
    expect(plan({ ownership, written: 'old' })).toMatchObject({ change: 'none', rules: [], locked: undefined });
  });
});

describe('a frozen file', () => {
  const ownership = 'frozen';
  it('is written once, and not even rendered again, whatever a newer package would make of it', () => {
    expect(plan({ ownership, wanted: 'old' })).toMatchObject({ change: 'create', rules: [] });
    expect(plan({ ownership, there: 'old', written: 'old', wanted: 'newer' })).toStrictEqual({
      change: 'none',
      rules: [],
      locked: hashOf('old'),
      rendered: false,
    });
  });
  it('is refused where somebody has edited or deleted it', () => {
    expect(plan({ ownership, there: 'mine', written: 'old', wanted: 'old' }).rules).toStrictEqual(['edited-file']);
    expect(plan({ ownership, written: 'old', wanted: 'old' }).rules).toStrictEqual(['edited-file']);
  });
  it('is made anew where the mesh says so, unless somebody has edited it', () => {
    const renewed = true;
    expect(plan({ ownership, there: 'old', written: 'old', wanted: 'new', renewed })).toMatchObject({
      change: 'update',
      rules: [],
      locked: hashOf('new'),
    });
    expect(plan({ ownership, there: 'mine', written: 'old', wanted: 'new', renewed }).rules).toStrictEqual([
      'edited-file',
    ]);
  });
  it('is written anew by force', () => {
    const forced = 'edited-file';
    expect(plan({ ownership, there: 'mine', written: 'old', wanted: 'old', forced })).toMatchObject({
      change: 'update',
      rules: [],
    });
    expect(plan({ ownership, written: 'old', wanted: 'old', forced })).toMatchObject({ change: 'create', rules: [] });
  });
  it('goes with its revision', () => {
    expect(plan({ ownership, there: 'old', written: 'old' })).toMatchObject({ change: 'delete', rules: [] });
  });
});

describe('a seeded file', () => {
  const ownership = 'seeded';
  it('is written once, and is theirs then: edited, deleted or no longer called for', () => {
    expect(plan({ ownership, wanted: 'old' })).toMatchObject({ change: 'create', rules: [] });
    for (const there of ['old', 'mine', undefined]) {
      for (const wanted of ['old', 'newer', undefined]) {
        expect(
          plan({ ownership, written: 'old', ...(there && { there }), ...(wanted && { wanted }) }),
          `${there} ${wanted}`,
        ).toMatchObject({ change: 'none', rules: [] });
      }
    }
  });
  it('is theirs where it was there before us', () => {
    expect(plan({ ownership, there: 'theirs', wanted: 'ours' })).toMatchObject({
      change: 'none',
      rules: [],
      locked: hashOf('theirs'),
    });
  });
});

describe('a file that a killed run left', () => {
  it.each<readonly [string, Case]>([
    ['a beginning of a new file', { ownership: 'managed', there: 'ne', wanted: 'new' }],
    ['an empty file', { ownership: 'managed', there: '', wanted: 'new' }],
    ['a beginning of a newer file', { ownership: 'managed', there: 'ne', written: 'old', wanted: 'new' }],
    ['a file that was not reached', { ownership: 'managed', there: 'old', written: 'old', wanted: 'new' }],
    ['a beginning of a frozen file', { ownership: 'frozen', there: 'ne', wanted: 'new' }],
  ])('is completed: %s', (_, torn) => {
    expect(plan({ ...torn, unfinished: true })).toMatchObject({ change: 'update', rules: [], locked: hashOf('new') });
  });
  it('is no beginning where somebody has written something else meanwhile', () => {
    expect(
      plan({ ownership: 'managed', there: 'mine', written: 'old', wanted: 'new', unfinished: true }).rules,
    ).toStrictEqual(['edited-file']);
    expect(plan({ ownership: 'managed', there: 'mine', wanted: 'new', unfinished: true }).rules).toStrictEqual([
      'foreign-file',
    ]);
  });
  it('is an edit where no run was killed', () => {
    expect(plan({ ownership: 'managed', there: 'ne', written: 'old', wanted: 'new' }).rules).toStrictEqual([
      'edited-file',
    ]);
  });
});
