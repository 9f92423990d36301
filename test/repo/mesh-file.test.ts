import { createTwoFilesPatch } from 'diff';
import { describe, expect, it } from 'vitest';
import type { Mesh } from '../../src/model/mesh.js';
import { editMeshFile, parseMesh } from '../../src/render/mesh-file.js';
import { newMeshFile } from '../../src/render/new-mesh-file.js';
import { aMesh, upgraded } from '../support/a-mesh.js';

const start = aMesh({ gateways: ['ingress', 'egress'], clusters: ['staging', 'production'] });
const phases = ['add', 'workloads', 'blend', 'cut', 'default'] as const;

describe('a new istio-prod.yaml', () => {
  it('says exactly the mesh, with a comment for each part', () => {
    const text = newMeshFile(start);
    expect(read(text)).toStrictEqual(start);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=istio-prod.schema.json');
  });
});

describe('an edit of istio-prod.yaml', () => {
  it.each(phases)('carries the whole difference of a phase into the text: %s', (phase) => {
    const after = upgraded(start, '1.10.3', phase);
    expect(read(editMeshFile(newMeshFile(start), start, after))).toStrictEqual(after);
  });

  it('changes only the lines that differ', () => {
    let text = newMeshFile(start);
    let mesh = start;
    const lines = phases.map((phase) => {
      const after = upgraded(start, '1.10.3', phase);
      const next = editMeshFile(text, mesh, after);
      const changed = changedLines(text, next);
      [text, mesh] = [next, after];
      return [phase, ...changed.map((line) => line.replace(/\s+/, ' '))];
    });
    expect(lines).toStrictEqual([
      [
        'add',
        '+ 1-10-3:',
        '+ version: 1.10.3',
        '+ install: operator',
        '+ gateways: injected',
        '+ - 1-10-3',
        '+ - 1-10-3',
      ],
      ['workloads', ...twice('- prod: 1-9-5', '+ prod: 1-10-3')],
      ['blend', ...twice('+ - 1-10-3', '+ - 1-10-3')],
      ['cut', ...twice('- - 1-9-5', '- - 1-9-5')],
      ['default', ...twice('- default: 1-9-5', '+ default: 1-10-3')],
    ]);
  });

  it('with no difference leaves the text as it is, whatever its layout', () => {
    const text = `# ours\n${newMeshFile(start).replaceAll('\n', '\n\n')}`;
    expect(editMeshFile(text, start, start).trimEnd()).toBe(text.trimEnd());
  });

  it('keeps the comments of a person, above, beside and in lists', () => {
    const words = ['# above a key', '# beside a value', '# in a list', '# beside an item', '# at the end'];
    const text = newMeshFile(start)
      .replace('    default: 1-9-5\n', '    # above a key\n    default: 1-9-5 # beside a value\n')
      .replace('        - 1-9-5\n', '        # in a list\n        - 1-9-5 # beside an item\n')
      .concat('# at the end\n');
    for (const phase of ['add', 'workloads', 'blend'] as const) {
      const edited = editMeshFile(text, start, upgraded(start, '1.10.3', phase));
      expect(
        words.filter((each) => !edited.includes(each)),
        phase,
      ).toStrictEqual([]);
    }
  });

  it('keeps quotes, flow style and the order of keys', () => {
    const text = newMeshFile(start)
      .replace('hub: docker.io/istio', "hub: 'docker.io/istio'")
      .replace('    kind: ingress', '    kind: "ingress"')
      .replace('    tags:\n      prod: 1-9-5\n', '    tags: {prod: 1-9-5}\n');
    const edited = editMeshFile(text, start, upgraded(start, '1.10.3', 'workloads'));
    expect(edited).toContain("hub: 'docker.io/istio'");
    expect(edited).toContain('    kind: "ingress"');
    expect(edited).toMatch(/tags: \{ ?prod: 1-10-3 ?\}/);
  });

  it('ends each line as the file does', () => {
    const text = newMeshFile(start).replaceAll('\n', '\r\n');
    const edited = editMeshFile(text, start, upgraded(start, '1.10.3', 'add'));
    expect(edited.replaceAll('\r\n', '')).not.toContain('\n');
  });
});

describe('reading istio-prod.yaml', () => {
  const problems = (from: string | RegExp, to: string) => {
    const text = newMeshFile(start).replace(from, to);
    return parseMesh(text, 'istio-prod.yaml').problems.map(({ rule, message }) => `${rule} ${message}`);
  };

  it('fills in what has a default', () => {
    const text = newMeshFile(start).replace(/^(meshId|trustDomain|hub|platform):.*\n/gm, '');
    expect(read(text)).toStrictEqual(start);
  });

  it.each([
    ['an unknown key at its own place', 'meshId: mesh1', 'meshID: mesh1', /mesh-schema istio-prod\.yaml:\d+:1: meshID/],
    [
      'a version that YAML takes for a number',
      'version: 1.9.5',
      'version: 1.9',
      /mesh-schema .*revisions\.1-9-5\.version/,
    ],
    ['a hub with a scheme', 'hub: docker.io', 'hub: https://docker.io', /mesh-schema .*hub/],
    ['a name that Kubernetes does not take', 'istio-egressgateway:', 'Istio_Egress:', /mesh-schema .*DNS-1123/],
    ['a tab', 'engine: argo-cd', 'engine:\targo-cd\n\tx: y', /mesh-syntax istio-prod\.yaml:\d+:\d+/],
    [
      'a key that is there twice',
      'meshId: mesh1',
      'meshId: a\nmeshId: b',
      /mesh-syntax istio-prod\.yaml:\d+:1: .*unique/,
    ],
    ['a list where a map belongs', /clusters:\n[\s\S]*$/, 'clusters: []\n', /mesh-schema .*clusters/],
    ['no mesh at all', /[\s\S]*/, '', /mesh-schema/],
    ['a second document', /$/, '---\nengine: flux\n', /mesh-syntax/],
    ['an alias to nothing', 'branch: main', 'branch: *main', /mesh-syntax/],
  ])('says what is wrong and where: %s', (_, from, to, expected) => {
    expect(problems(from, to).join('\n')).toMatch(expected);
  });
});

function read(text: string): Mesh | undefined {
  const { mesh, problems } = parseMesh(text, 'istio-prod.yaml');
  expect(problems).toStrictEqual([]);
  return mesh;
}

function changedLines(before: string, after: string): string[] {
  return createTwoFilesPatch('a', 'b', before, after, '', '', { context: 0 })
    .split('\n')
    .filter((line) => /^[-+](?!--|\+\+)/.test(line));
}

function twice<T>(...items: readonly T[]): T[] {
  return [...items, ...items];
}
