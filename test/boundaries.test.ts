import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from './support/source-files.js';

/** Who may import whom: each imports what stands to the left of it, and what is beside it in its own folder. */
const order = [
  'model',
  'catalog',
  'policy',
  'changes',
  'plan',
  'render',
  'repo',
  'helm',
  'cluster',
  'commands',
  'front doors',
  'generators',
];

/** Neighbours that know nothing of each other, although one stands to the left. */
const apart: Readonly<Record<string, readonly string[]>> = {
  changes: ['plan', 'render', 'repo'],
  plan: ['changes', 'render', 'repo'],
  render: ['changes', 'repo'],
  repo: ['changes', 'catalog', 'render'],
  helm: ['catalog', 'policy', 'changes', 'plan', 'render', 'repo'],
};

const sources = [...filesBelow('src'), ...filesBelow('generators')];

describe('the structure of the source', () => {
  it('imports point downward only', () => {
    for (const path of sources) {
      for (const target of importsOf(path)) {
        const [from, to] = [part(path), part(target)];
        if (from === to) continue;
        expect(order.indexOf(to), `${path} imports ${target}`).toBeLessThan(order.indexOf(from));
        expect(apart[from] ?? [], `${path} imports ${target}`).not.toContain(to);
      }
    }
  });

  it('no two files import each other, however long the way round', () => {
    const graph = new Map(sources.map((path) => [path, importsOf(path)]));
    const done = new Set<string>();
    const visit = (path: string, way: readonly string[]) => {
      expect(way, 'a circle of imports').not.toContain(path);
      if (done.has(path)) return;
      for (const target of graph.get(path) ?? []) visit(target, [...way, path]);
      done.add(path);
    };
    for (const path of sources) visit(path, []);
  });

  it.each(sources)('%s has at most 250 lines, a generator 60', (path) => {
    const most = path.startsWith('generators/') ? 60 : 250;
    expect(textOf(path).split('\n').length - 1).toBeLessThanOrEqual(most);
  });

  // Yeoman takes every */index.* for a command.
  it('only generators have an index.ts, and each has nothing else', () => {
    expect(sources.filter((path) => path.endsWith('/index.ts'))).toStrictEqual(filesBelow('generators'));
    expect(filesBelow('generators').filter((path) => !/^generators\/[a-z]+\/index\.ts$/.test(path))).toStrictEqual([]);
  });

  it('each outside world has one importer', () => {
    const importers = {
      ejs: /^src\/render\//,
      'js-yaml': /^src\/render\//,
      yaml: /^src\/render\//,
      'simple-git': /^src\/repo\//,
      'node:fs': /^src\/(repo|render|helm)\/|^src\/package\.ts$/,
      'node:child_process': /^src\/(repo|helm)\//,
      '@kubernetes/client-node': /^src\/cluster\/client\.ts$/,
      commander: /^src\/command-line\.ts$/,
      'yeoman-generator': /^generators\/|^src\/yeoman\.ts$/,
    };
    for (const path of sources) {
      for (const [name, allowed] of Object.entries(importers)) {
        const imports = new RegExp(`from '${name}'|import\\('${name}'\\)`).test(textOf(path));
        if (imports) expect(path, name).toMatch(allowed);
      }
    }
  });

  it('file names are in kebab-case, and no file is named after nothing', () => {
    for (const path of sources) {
      expect(path).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\/[a-z0-9]+(-[a-z0-9]+)*)*\.ts$/);
      expect(path).not.toMatch(/util|helper|common|manager/);
    }
  });
});

/** The part of the source that a file belongs to; files of src itself are the front doors, or facts of the package. */
function part(path: string): string {
  const [top = '', folder = '', ...rest] = path.split('/');
  if (top === 'generators') return 'generators';
  if (rest.length > 0) return folder;
  return path === 'src/package.ts' ? 'model' : 'front doors';
}

/** The files of the project that a file imports, types included. */
function importsOf(path: string): string[] {
  const named = textOf(path).matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g);
  return [...named].map(([, target]) => posix.join(posix.dirname(path), `${target}.ts`));
}
