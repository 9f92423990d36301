import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { isFields, listAt } from '../model/kube-object.js';
import { layerNames } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import { readDocuments } from '../render/objects.js';

/** A tree of files: the repository as it is, or as it was in a commit. */
export interface Tree {
  readonly root: string;
  readonly mesh: Mesh;
  /** Every file, with its text. */
  readonly files: ReadonlyMap<string, string>;
}

/** A folder that is built, and for which cluster. */
export interface Part {
  readonly tree: Tree;
  readonly cluster: string;
  /** The layer; undefined for the folder of the whole cluster, or for what hands it over. */
  readonly layer: string | undefined;
  readonly path: string;
  /** Folders with the same key build to the same, but for the name of the cluster in their paths. */
  readonly key: string;
}

/** The names that a kustomization may have. */
export const kustomizationFiles = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** The folders of a tree that its delivery engine applies. */
export function partsOf(tree: Tree): Part[] {
  const outside = [...tree.files].some(([path, text]) =>
    referencesOf(path, text).some((target) => target.startsWith('..')),
  );
  const shared = hash([
    ...[...tree.files].filter(([path]) => /^(bases|revisions|delivery\/argo-cd\/waves)\//.test(path)),
    ['', outside ? tree.root : ''],
  ]);
  const flux = tree.mesh.engine === 'flux';
  return Object.keys(tree.mesh.clusters).flatMap((cluster) => {
    const folder = `clusters/${cluster}`;
    const inFolder = [...tree.files].filter(([path]) => path.startsWith(`${folder}/`));
    const part = (path: string, layer?: string): Part => ({
      tree,
      cluster,
      layer,
      path,
      key: shared + keyOf(cluster, layer, inFolder),
    });
    const listed = (readKustomization(tree, folder)?.resources ?? []).map(String);
    // Argo CD applies what the cluster lists; a layer that Flux does not apply is a finding of its own.
    const plain = isPlain(tree, folder);
    const layers = flux
      ? [...layerNames, ...appliedByFlux(tree, cluster)]
      : plain
        ? listed
        : [...layerNames, ...listed];
    const overlay = `delivery/flux/${cluster}`;
    return [
      ...[...new Set(layers)]
        .filter((layer) => isKustomization(tree, `${folder}/${layer}`))
        .map((layer) => part(`${folder}/${layer}`, layer)),
      ...(plain || flux ? [] : [part(folder)]),
      ...(flux && isKustomization(tree, overlay)
        ? [
            {
              ...part(overlay, 'delivery'),
              key: hash([...tree.files].filter(([path]) => path.startsWith('delivery/'))) + overlay,
            },
          ]
        : []),
    ];
  });
}

/** The folders of a cluster that Kustomizations of Flux have as their path. */
function appliedByFlux({ files, mesh: { repository } }: Tree, cluster: string): string[] {
  const prefix = repository.path === '.' ? '' : `${repository.path}/`;
  return [...files]
    .filter(([path]) => path.startsWith(`delivery/flux/${cluster}/`) && /\.ya?ml$/.test(path))
    .flatMap(([, text]) =>
      [...text.matchAll(/^ {2}path: ["']?(?:\.\/)?([^"'\n]+?)\/?["']?$/gm)].map(([, path]) => path ?? ''),
    )
    .map((path) => posix.relative(`${prefix}clusters/${cluster}`, path))
    .filter((path) => path !== '' && !path.startsWith('.') && !path.includes('/'));
}

/** Whether the kustomization of a cluster only lists its folders: then it builds to what they build to. */
function isPlain(tree: Tree, folder: string): boolean {
  const content = readKustomization(tree, folder);
  return (
    content !== undefined &&
    Object.keys(content).every((key) => ['apiVersion', 'kind', 'resources', 'metadata', 'file'].includes(key)) &&
    content.resources.every((path) => /^[\w-]+$/.test(String(path)) && isKustomization(tree, `${folder}/${path}`))
  );
}

function isKustomization(tree: Tree, folder: string): boolean {
  return kustomizationFiles.some((name) => tree.files.has(`${folder}/${name}`));
}

/** A kustomization as it is written; undefined where there is none, or it is no YAML. */
export function readKustomization({ files }: Tree, folder: string) {
  const file = kustomizationFiles.map((name) => `${folder}/${name}`).find((path) => files.has(path));
  if (file === undefined) return undefined;
  try {
    const [content] = readDocuments(files.get(file) ?? '');
    return isFields(content) ? { ...content, file, resources: listAt(content, 'resources') } : undefined;
  } catch {
    return undefined;
  }
}

/** What a layer of a cluster is made of. A layer that refers to another one of its cluster has all of the cluster for its key. */
function keyOf(cluster: string, layer: string | undefined, inFolder: readonly (readonly [string, string])[]): string {
  const folder = `clusters/${cluster}`;
  const own = inFolder.filter(
    ([path]) => path.startsWith(`${folder}/${layer}/`) || path.startsWith(`${folder}/custom/${layer}/`),
  );
  const strays = own.some(([path, text]) =>
    referencesOf(path, text).some(
      (target) => target.startsWith(`${folder}/`) && !new RegExp(`^${folder}/(custom/)?${layer}(/|$)`).test(target),
    ),
  );
  const made = layer === undefined || strays ? inFolder : own;
  return hash([
    [layer ?? '', strays ? cluster : ''],
    ...made.map(([path, text]) => [path.slice(folder.length), text] as const),
  ]);
}

/** The paths in a kustomization that lead out of its folder, relative to the root. */
function referencesOf(path: string, text: string): string[] {
  if (!kustomizationFiles.includes(posix.basename(path))) return [];
  return [...text.matchAll(/\.\.\/[^\s'",\]]*/g)].map(([reference]) => posix.join(posix.dirname(path), reference));
}

function hash(pairs: readonly (readonly [string, string])[]): string {
  const sum = createHash('sha256');
  for (const [path, text] of [...pairs].sort(([a], [b]) => (a < b ? -1 : 1))) sum.update(JSON.stringify([path, text]));
  return sum.digest('hex');
}
