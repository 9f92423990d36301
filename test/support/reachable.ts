import { posix } from 'node:path';
import { load } from 'js-yaml';

interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly transformers?: readonly string[];
  readonly patches?: readonly { readonly path?: string }[];
}

/** Every file that kustomize reads when it builds the clusters. Throws where one that a kustomization names is not there. */
export function reachable(files: ReadonlyMap<string, string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const path of files.keys()) {
    if (/^clusters\/[^/]+\/kustomization\.yaml$/.test(path)) visit(path, files, found);
  }
  return found;
}

/** Every file that kustomize reads when it builds this folder. */
export function reachableFrom(folder: string, files: ReadonlyMap<string, string>): ReadonlySet<string> {
  const found = new Set<string>();
  visit(`${folder}/kustomization.yaml`, files, found);
  return found;
}

function visit(path: string, files: ReadonlyMap<string, string>, found: Set<string>): void {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is named by a kustomization, and is not there`);
  if (found.has(path)) return;
  found.add(path);
  if (posix.basename(path) !== 'kustomization.yaml') return;
  const { resources = [], components = [], transformers = [], patches = [] } = load(text) as Kustomization;
  const named = [...resources, ...components, ...transformers, ...patches.flatMap((patch) => patch.path ?? [])];
  for (const each of named) {
    const target = posix.join(posix.dirname(path), each);
    visit(/\.(yaml|json)$/.test(each) && files.has(target) ? target : `${target}/kustomization.yaml`, files, found);
  }
}
