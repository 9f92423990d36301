import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import {
  annotationsOf,
  identityOf,
  isFields,
  type KubeObject,
  type Located,
  listAt,
  textAt,
} from '../model/kube-object.js';
import { layerNames } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf } from '../model/revision.js';
import { targets } from '../policy/verify/files.js';
import type { ClusterLook, LayerPatch } from '../policy/verify/rule.js';
import { readDocuments, readObjects } from '../render/objects.js';
import { type Builds, originAnnotation } from '../repo/kustomize.js';

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

/** A kustomization that does not build, or a file that is no YAML. */
export interface Broken {
  readonly file: string;
  readonly message: string;
}

const kustomizationFiles = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** The folders of a tree that its delivery engine applies. */
export function partsOf(tree: Tree): Part[] {
  const shared = hash([...tree.files].filter(([path]) => !path.startsWith('clusters/')));
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
    const top = readKustomization(tree, folder)?.resources ?? [];
    const layers = [
      ...new Set([
        ...layerNames,
        ...top.map(String).filter((path) => /^[\w.-]+$/.test(path) && !path.includes('.y')),
        ...appliedByFlux(tree, cluster),
      ]),
    ];
    const overlay = `delivery/flux/${cluster}`;
    return [
      ...layers
        .filter((layer) => isKustomization(tree, `${folder}/${layer}`))
        .map((layer) => part(`${folder}/${layer}`, layer)),
      ...(isPlain(tree, folder) || tree.mesh.engine === 'flux' ? [] : [part(folder)]),
      ...(tree.mesh.engine === 'flux' && isKustomization(tree, overlay) ? [part(overlay, 'delivery')] : []),
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
    content.resources.every((path) => isKustomization(tree, `${folder}/${path}`))
  );
}

function isKustomization(tree: Tree, folder: string): boolean {
  return kustomizationFiles.some((name) => tree.files.has(`${folder}/${name}`));
}

/** A kustomization as it is written; undefined where there is none, or it is no YAML. */
function readKustomization({ files }: Tree, folder: string) {
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
    [...text.matchAll(/\.\.\/[^\s'",\]]*/g)].some(([reference]) => {
      const target = posix.join(posix.dirname(path), reference);
      return target.startsWith(`${folder}/`) && !new RegExp(`^${folder}/(custom/)?${layer}(/|$)`).test(target);
    }),
  );
  const made = layer === undefined || strays ? inFolder : own;
  return hash([
    [layer ?? '', strays ? cluster : ''],
    ...made.map(([path, text]) => [path.slice(folder.length), text] as const),
  ]);
}

function hash(pairs: readonly (readonly [string, string])[]): string {
  const sum = createHash('sha256');
  for (const [path, text] of [...pairs].sort(([a], [b]) => (a < b ? -1 : 1))) sum.update(JSON.stringify([path, text]));
  return sum.digest('hex');
}

/** The objects of one build, with the files that they are from. */
export function objectsIn(part: Part, text: string, index: number, builds: Builds): Located[] {
  const layer = part.layer === undefined ? {} : { layer: part.layer };
  return readObjects(text).map((object) => {
    const { [originAnnotation]: origin, ...annotations } = annotationsOf(object);
    const path = /^path: (.*)$/m.exec(String(origin))?.[1];
    const file =
      path === undefined || /^repo: /m.test(String(origin))
        ? `${part.path}/kustomization.yaml`
        : builds.file(index, path);
    const { annotations: _, ...metadata } = object.metadata;
    const kept = Object.keys(annotations).length === 0 ? {} : { annotations };
    return { object: { ...object, metadata: { ...metadata, ...kept } } as KubeObject, file, ...layer };
  });
}

/** One cluster as it is built: what its engine applies, what hands it over, and its patches. */
export function lookAt(
  tree: Tree,
  cluster: string,
  built: ReadonlyMap<Part, readonly Located[]>,
): { look: ClusterLook; broken: Broken[] } {
  const own = [...built].filter(([part]) => part.tree === tree && part.cluster === cluster);
  const layers = own
    .filter(([{ layer }]) => layer !== undefined && layer !== 'delivery')
    .flatMap(([, objects]) => objects);
  const whole = own.find(([{ layer }]) => layer === undefined)?.[1];
  const patches = patchesOf(tree, cluster);
  const { handOver, broken } = handOverOf(tree, cluster);
  const delivery = own.find(([{ layer }]) => layer === 'delivery')?.[1];
  const objects = whole === undefined ? layers : inLayers(whole, layers);
  const look = {
    mesh: tree.mesh,
    name: cluster,
    cluster: clusterOf(tree.mesh, cluster),
    objects: objects.map((where) => ({ ...where, file: blamed(where, patches) })),
    handOver: delivery ?? handOver,
    patches,
  };
  return { look, broken };
}

/** The objects of a whole cluster, each in the layer that it is from. */
function inLayers(whole: readonly Located[], layers: readonly Located[]): Located[] {
  const known = new Map(layers.map((where) => [identityOf(where.object), where.layer]));
  return whole.map(({ layer: _, ...where }) => {
    const layer = known.get(identityOf(where.object));
    return layer === undefined ? where : { ...where, layer };
  });
}

/** The file to look at first: the team's own patch where one reaches the object, else the file that the object is written in. */
function blamed({ object, layer, file }: Located, patches: readonly LayerPatch[]): string {
  const own = patches.find(
    (patch) => patch.layer === layer && patch.file.includes('/custom/') && targets(patch.target, object),
  );
  return own?.file ?? file;
}

/** The patches with a target of a cluster's layers, the managed and the team's own. */
function patchesOf(tree: Tree, cluster: string): LayerPatch[] {
  return layerNames.flatMap((layer) =>
    [`clusters/${cluster}/${layer}`, `clusters/${cluster}/custom/${layer}`].flatMap((folder) => {
      const content = readKustomization(tree, folder);
      if (content === undefined) return [];
      return [...listAt(content, 'patches'), ...listAt(content, 'patchesJson6902')].flatMap((patch) => {
        const target = isFields(patch) ? patch['target'] : undefined;
        if (!isFields(target)) return [];
        const parts = ['group', 'version', 'kind', 'name', 'namespace'].filter((key) => textAt(target, key) !== '');
        return [
          { file: content.file, layer, target: Object.fromEntries(parts.map((key) => [key, textAt(target, key)])) },
        ];
      });
    }),
  );
}

/** The objects in the files that hand a cluster over; Argo CD's waves are part of the layers. */
function handOverOf({ files, mesh: { engine } }: Tree, cluster: string): { handOver: Located[]; broken: Broken[] } {
  const folder = engine === 'flux' ? `delivery/flux/${cluster}/` : 'delivery/argo-cd/';
  const handOver: Located[] = [];
  const broken: Broken[] = [];
  for (const [file, text] of files) {
    if (!file.startsWith(folder) || file.startsWith('delivery/argo-cd/waves/') || !/\.ya?ml$/.test(file)) continue;
    if (kustomizationFiles.includes(posix.basename(file))) continue;
    try {
      handOver.push(...readObjects(text).map((object) => ({ object, file })));
    } catch (error) {
      broken.push({ file, message: `It is no YAML: ${(error as Error).message.split('\n')[0]}` });
    }
  }
  return { handOver, broken };
}
