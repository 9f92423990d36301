import { describe, expect, it } from 'vitest';
import { newestBySail, sailFor, sailInstalls } from '../../src/catalog/sail-releases.js';
import { istioMinors } from '../../src/catalog/versions.js';
import { addRevision } from '../../src/changes/add-revision.js';
import type { InstallName } from '../../src/model/mesh.js';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { aMesh } from '../support/a-mesh.js';
import { edited, of } from '../support/broken-meshes.js';

/** The Sail Operator of the cluster after a revision was added; the rules that are broken where it is refused. */
function sailAfter(from: string, install: InstallName, to: string, next: InstallName): string | readonly string[] {
  const outcome = addRevision(aMesh({ version: from, install }), {
    version: to,
    install: next,
    through: 'add',
    forced: new Set(),
  });
  if ('problems' in outcome) return outcome.problems.map(({ rule }) => rule);
  return outcome.steps[0]?.mesh.clusters['production']?.sail ?? 'none';
}

describe('the Sail Operator', () => {
  it.each([
    ['1.30.3', '1.30.3', true],
    ['1.30.3', '1.28.0', true],
    ['1.30.3', '1.27.9', false],
    ['1.30.3', '1.30.4', false],
    ['1.30.3', '1.30.0-rc.1', false],
    ['1.29.2', '1.30.0', false],
    ['1.27.3', '1.25.0', false],
    ['1.29.1', '1.29.0', false],
    ['1.31.0', '1.31.0', true],
  ])('%s installs Istio %s: %s', (sail, version, expected) => expect(sailInstalls(sail, version)).toBe(expected));

  it('is the newest that installs every version asked for', () => {
    expect(sailFor(['1.28.0'])).toBe('1.30.3');
    expect(sailFor(['1.27.9', '1.28.6'])).toBe('1.29.2');
    expect(sailFor(['1.27.9', '1.28.10'])).toBeUndefined();
  });

  it('knows the newest version of each minor that it installs, which it does install', () => {
    const able = istioMinors.flatMap(({ minor }) => newestBySail(minor) ?? []);
    expect(able).toStrictEqual(['1.24.6', '1.25.5', '1.26.8', '1.27.9', '1.28.10', '1.29.6', '1.30.3']);
    for (const version of able) expect(sailFor([version]), version).toBeDefined();
  });

  it.each([
    ['1.29.6', 'helm', '1.30.3', 'sail', '1.30.3'],
    ['1.23.6', 'operator', '1.24.6', 'sail', '1.27.3'],
    ['1.27.9', 'sail', '1.28.6', 'sail', '1.29.2'],
    ['1.28.6', 'sail', '1.29.6', 'sail', '1.30.3'],
    ['1.27.9', 'sail', '1.28.10', 'sail', ['sail-behind']],
    ['1.29.6', 'sail', '1.30.5', 'helm', '1.30.3'],
    ['1.30.3', 'sail', '1.31.1', 'helm', ['sail-behind']],
    ['1.30.3', 'helm', '1.31.1', 'helm', 'none'],
  ] as const)('from %s by %s to %s by %s: %j', (from, install, to, next, expected) => {
    expect(sailAfter(from, install, to, next)).toStrictEqual(expected);
  });

  it('stays where it is as long as it will do: a phase after `add` changes what that phase is about', () => {
    const mesh = edited(aMesh({ version: '1.28.3', install: 'sail' }), (draft) => {
      of(draft.clusters, 'production').sail = '1.28.3';
    });
    expect(checkMesh(mesh)).toStrictEqual([]);
    const outcome = addRevision(mesh, { version: '1.28.2', through: 'add', forced: new Set(['downgrade']) });
    const [step] = 'steps' in outcome ? outcome.steps : [];
    expect(step?.mesh.clusters['production']?.sail).toBe('1.28.3');
  });
});
