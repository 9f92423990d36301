import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Mesh } from '../../src/model/mesh.js';
import { filesOf, inScratch, writeAll } from './a-repository.js';
import { type Built, build } from './kubectl.js';

/** What a mesh comes to: its files, and the objects that real kustomize builds for one of its clusters. */
export interface Emitted {
  readonly mesh: Mesh;
  readonly cluster: string;
  readonly files: ReadonlyMap<string, string>;
  readonly objects: readonly Built[];
}

/** Builds every cluster of a mesh, each once. */
export async function emit(mesh: Mesh): Promise<Emitted[]> {
  const files = filesOf(mesh);
  return await inScratch((folder) => {
    writeAll(folder, files);
    return Object.keys(mesh.clusters).map((cluster) => ({
      mesh,
      cluster,
      files,
      objects: build(join(folder, 'clusters', cluster)),
    }));
  });
}

/** The objects in an emitted file that is no part of a cluster's build, such as what hands a cluster over. */
export function objectsIn({ files }: Emitted, path: string): Built[] {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is not emitted`);
  return loadAll(text) as Built[];
}

/** The objects of a kind. */
export function ofKind({ objects }: Emitted, kind: string): Built[] {
  return objects.filter((object) => object.kind === kind);
}

/** "Kind namespace/name" of an object, to say which one a claim is about. */
export function nameOf({ kind, metadata }: Built): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}
