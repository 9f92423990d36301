import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retireRevision } from '../src/changes/retire-revision.js';
import { meshFile } from '../src/model/mesh.js';
import { layout } from '../src/plan/layout.js';
import { aMesh, upgraded } from './support/a-mesh.js';
import { adoptedMesh } from './support/adopted-mesh.js';
import { journeys } from './support/generated-meshes.js';
import { filesBelow, textOf } from './support/source-files.js';

const templates = [...filesBelow('templates'), ...filesBelow('overlays')];
const yaml = templates.filter((path) => /\.ya?ml\.ejs$/.test(path));

describe('the templates', () => {
  it.each(templates)('%s holds no logic', (path) => {
    for (const tag of tagsOf(path)) {
      expect(tag).toMatch(/^<%[=-] [a-z]\w*(\.\w+)*(\([a-z]\w*(\.\w+)*, \d+\))? %>$/i);
    }
  });

  it.each(yaml)('%s writes a value as a whole scalar, never glued to other text', (path) => {
    for (const line of textOf(path)
      .split('\n')
      .filter((each) => each.includes('<%='))) {
      // After a key or a dash, or a member of a list in brackets: there a scalar may be quoted.
      expect(line).toMatch(
        /^ *(- )?([\w.<>/% ="-]+: )?(<%= [\w.]+ %>|\[<%= [\w.]+ %>(, <%= [\w.]+ %>)*\])$|^ *<%= \w+ %>:$/,
      );
    }
  });

  it.each(yaml)('%s writes lists and maps by yaml(…) below a key, and nothing else raw', (path) => {
    const text = textOf(path);
    for (const tag of tagsOf(path).filter((each) => each.startsWith('<%-'))) {
      expect(tag).toMatch(/^<%- yaml\([\w.]+, \d+\) %>$/);
      expect(text).toContain(`:${tag}`);
    }
  });

  it.each(yaml)('%s indents its lists and maps deeper than their key', (path) => {
    for (const [, spaces = '', indent] of textOf(path).matchAll(
      /^( *)(?:- )?[\w.-]+:<%- yaml\([\w.]+, (\d+)\) %>$/gm,
    )) {
      expect(Number(indent)).toBeGreaterThan(spaces.length);
    }
  });

  it('are all used by the layout of some mesh', () => {
    const used = new Set([`templates/${meshFile}.ejs`]);
    const meshes = fc
      .sample(journeys, { numRuns: 150, seed: 1 })
      .flatMap(({ start, steps }) => [start, ...steps.slice(-1)]);
    const old = upgraded(aMesh(), '1.10.3', 'default');
    const retiring = retireRevision(old, { revision: '1-9-5', usage: 'unused', forced: new Set() });
    if ('steps' in retiring) meshes.push(...retiring.steps.map(({ mesh }) => mesh));
    meshes.push(aMesh({ version: '1.30.3', install: 'sail', dataPlane: 'ambient' }));
    meshes.push(adoptedMesh('istioctl'));
    for (const { source } of meshes.flatMap(layout)) if (source.kind === 'template') used.add(source.template);
    expect(templates.filter((path) => !used.has(path))).toStrictEqual([]);
  });
});

function tagsOf(path: string): string[] {
  return textOf(path).match(/<%[\s\S]*?%>/g) ?? [];
}
