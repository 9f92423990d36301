import fc from 'fast-check';
import { CORE_SCHEMA, loadAll, YAML11_SCHEMA } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, type Tags } from 'yaml';
import { engineNames, gatewayKindNames, installNames, type Mesh, meshFile, platformNames } from '../src/model/mesh.js';
import { layout } from '../src/plan/layout.js';
import { parseMesh } from '../src/render/mesh-file.js';
import { newMeshFile } from '../src/render/new-mesh-file.js';
import { filesOf } from './support/a-repository.js';
import { journeys } from './support/generated-meshes.js';
import { MemoryRepository } from './support/memory-repository.js';
import { reachable } from './support/reachable.js';

/**
 * What is there to be read, or to be handed to an engine, a forge or an editor, or waits for the phase `default`: no
 * cluster's build needs it.
 */
const documents =
  /^(README\.md|docs\/|istio-prod\.schema\.json$|\.github\/|\.gitlab-ci\.yml$|\.gitattributes$|delivery\/|(bases\/istio-base|revisions)\/.*\/(values\.yaml|images\.txt)$)/;
const waiting = /^revisions\/[^/]+\/(cni|ztunnel)\//;
/** What the owners of workloads include. */
const included = /^clusters\/[^/]+\/restarts\/[^/]+\/kustomization\.yaml$/;

/** YAML 1.1, but for floats with an exponent: the library's take the name e1, which is none (YAML 1.1 asks for a dot). */
const exactly11 = {
  version: '1.1' as const,
  customTags: (tags: Tags) =>
    tags.filter((tag) => typeof tag === 'string' || !('format' in tag) || tag.format !== 'EXP'),
};

describe('the meshes that the laws are tried on', () => {
  it('are of every engine, install method, platform and kind of gateway, and upgrade in several steps', () => {
    const sample = fc.sample(journeys, { numRuns: 120, seed: 1 });
    const meshes = sample.map(({ start }) => start);
    const found = (values: readonly string[]) => [...new Set(values)].toSorted();
    expect(found(meshes.map(({ engine }) => engine))).toStrictEqual(engineNames.toSorted());
    expect(found(meshes.map(({ platform }) => platform))).toStrictEqual(platformNames.toSorted());
    expect(
      found(meshes.flatMap(({ revisions }) => Object.values(revisions).map(({ install }) => install))),
    ).toStrictEqual(installNames.toSorted());
    expect(found(meshes.flatMap(({ gateways }) => Object.values(gateways).map(({ kind }) => kind)))).toStrictEqual(
      gatewayKindNames.toSorted(),
    );
    for (const { steps } of sample) expect(steps.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the laws of every mesh and every upgrade', () => {
  it('plans nothing more once a plan is carried out', () => {
    fc.assert(
      fc.property(journeys, ({ start, steps }) => {
        const repository = new MemoryRepository();
        for (const mesh of [start, ...steps]) {
          repository.apply(repository.plan(mesh));
          expect(repository.plan(mesh)).toMatchObject({ changes: [], problems: [] });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('never touches a seeded file again, nor a frozen one of a revision that stays', () => {
    fc.assert(
      fc.property(journeys, ({ start, steps }) => {
        const repository = new MemoryRepository();
        repository.apply(repository.plan(start));
        // Seeded files are the team's; frozen ones may be those of an older release of this package.
        const edited = new Map<string, string>();
        for (const path of repository.paths('seeded')) edited.set(path, `# Ours.\n${repository.files.get(path)}`);
        for (const [path, content] of edited) repository.files.set(path, content);
        for (const path of repository.paths('frozen')) {
          edited.set(path, `# Older.\n${repository.files.get(path)}`);
          repository.leave(path, edited.get(path) ?? '');
        }
        for (const mesh of steps) {
          const plan = repository.plan(mesh);
          expect(plan.problems).toStrictEqual([]);
          // Definitions are no revision's: newer ones take the place of those that were rendered before.
          for (const path of edited.keys()) if (path.startsWith('bases/istio-base/')) edited.delete(path);
          expect(plan.changes.filter(({ path }) => edited.has(path))).toStrictEqual([]);
          repository.apply(plan);
        }
        for (const [path, content] of edited) expect(repository.files.get(path)).toBe(content);
      }),
      { numRuns: 40 },
    );
  });

  it('reaches every file from the kustomization of a cluster, or it is a document or a delivery file', () => {
    fc.assert(
      fc.property(journeys, ({ start, steps }) => {
        for (const mesh of [start, ...steps]) {
          const files = filesOf(mesh);
          const found = reachable(files);
          const others = [...files.keys()].filter(
            (path) => !found.has(path) && !documents.test(path) && !waiting.test(path) && !included.test(path),
          );
          expect(others).toStrictEqual([]);
          for (const path of found) expect(documents.test(path) && !path.startsWith('delivery/'), path).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('writes YAML that says the same in version 1.1 and 1.2, to every reader', () => {
    fc.assert(
      fc.property(journeys, ({ start, steps }) => {
        const last = steps.at(-1) ?? start;
        const texts = [...new Set([start, last].flatMap((mesh) => [...yamlOf(mesh)]))];
        for (const text of texts) expectOneMeaning(text);
      }),
      { numRuns: 25 },
    );
  });

  it('writes a mesh file that holds the very mesh, whatever its names are', () => {
    fc.assert(
      fc.property(journeys, ({ start, steps }) => {
        for (const mesh of [start, ...steps]) {
          const text = newMeshFile(mesh);
          expectOneMeaning(text);
          expect(parseMesh(text, meshFile)).toMatchObject({ mesh, problems: [] });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('lays out the same files in the same order, each once and inside the repository', () => {
    fc.assert(
      fc.property(journeys, ({ start, steps }) => {
        for (const mesh of [start, ...steps]) {
          const specs = layout(mesh);
          expect(layout(structuredClone(mesh))).toStrictEqual(specs);
          const paths = specs.map(({ path }) => path);
          expect(paths.filter((path, at) => paths.indexOf(path) !== at)).toStrictEqual([]);
          for (const path of paths) expect(path).toMatch(/^(?!\/)(?!(.*\/)?\.\.(\/|$))[\w./-]+$/);
        }
      }),
      { numRuns: 40 },
    );
  });
});

function* yamlOf(mesh: Mesh): Iterable<string> {
  for (const [path, content] of filesOf(mesh)) if (/\.ya?ml$/.test(path)) yield content;
}

function expectOneMeaning(text: string): void {
  const meaning = loadAll(text, { schema: YAML11_SCHEMA });
  expect(loadAll(text, { schema: CORE_SCHEMA }), text).toStrictEqual(meaning);
  for (const reading of [exactly11, { version: '1.2' as const }]) {
    const documents = parseAllDocuments(text, reading);
    if (!Array.isArray(documents)) continue;
    for (const { errors } of documents) expect(errors, text).toStrictEqual([]);
    expect(
      documents.map((document) => document.toJS()),
      text,
    ).toStrictEqual(meaning);
  }
}
