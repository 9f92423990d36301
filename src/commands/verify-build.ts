import type { KubeObject, Located } from '../model/kube-object.js';
import { readObjects } from '../render/objects.js';
import { type Built, buildFolders } from '../repo/kustomize.js';
import { type Broken, objectsOf } from './verify-look.js';
import type { Part } from './verify-parts.js';

/** What a content was built to, and the part that it was built for. */
interface Known {
  readonly part: Part;
  readonly result: { readonly objects: readonly Located[] } | Extract<Built, { error: string }>;
}

/** What was built already, by the key of its content. */
export type KnownBuilds = Map<string, Known>;

/** The parts as they are built, and those that do not build. */
export interface BuiltParts {
  readonly built: ReadonlyMap<Part, readonly Located[]>;
  readonly broken: ReadonlyMap<Part, Broken>;
}

/** Builds every part, each content once; what is known already is not built again. */
export async function buildParts(parts: readonly Part[], known: KnownBuilds): Promise<BuiltParts> {
  const missing = [...new Map(parts.map((part) => [part.key, part])).values()].filter(({ key }) => !known.has(key));
  await buildFolders(
    missing.map(({ tree, path, cluster }) => ({ root: tree.root, path, group: `${tree.root} ${cluster}` })),
    (builds) => {
      const objects = new Map<string, readonly KubeObject[]>();
      for (const [index, part] of missing.entries()) {
        const result = builds.built[index] ?? { error: 'nothing came out', folder: part.path };
        if ('error' in result) known.set(part.key, { part, result });
        else {
          const all = objects.get(result.text) ?? readObjects(result.text);
          objects.set(result.text, all);
          known.set(part.key, { part, result: { objects: objectsOf(part, all, index, builds) } });
        }
      }
    },
  );
  const built = new Map<Part, readonly Located[]>();
  const broken = new Map<Part, Broken>();
  for (const part of parts) {
    const { part: first, result } = known.get(part.key) as Known;
    const [from, to] = [`clusters/${first.cluster}/`, `clusters/${part.cluster}/`];
    if ('objects' in result) built.set(part, from === to ? result.objects : moved(result.objects, from, to));
    // Two layers with one object do not build together, which is a finding of its own.
    else if (part.layer !== undefined || !/already registered id/.test(result.error)) {
      const file = `${result.folder}/kustomization.yaml`.replace(from, to);
      broken.set(part, { file, message: `It does not build: ${result.error.replaceAll(from, to)}` });
    }
  }
  return { built, broken };
}

/** The same objects in the files of another cluster. */
function moved(objects: readonly Located[], from: string, to: string): Located[] {
  return objects.map((where) => ({
    ...where,
    file: where.file.startsWith(from) ? to + where.file.slice(from.length) : where.file,
  }));
}
