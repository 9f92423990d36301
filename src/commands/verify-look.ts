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
import { clusterOf } from '../model/revision.js';
import { targets } from '../policy/verify/files.js';
import type { ClusterLook, LayerPatch } from '../policy/verify/rule.js';
import { readObjects } from '../render/objects.js';
import { type Builds, originAnnotation, partAnnotation } from '../repo/kustomize.js';
import { kustomizationFiles, type Part, readKustomization, type Tree } from './verify-parts.js';

/** A kustomization that does not build, or a file that is no YAML. */
export interface Broken {
  readonly file: string;
  readonly message: string;
}

/** The objects of one folder among those that were built together, with the files that they are from. */
export function objectsOf(part: Part, objects: readonly KubeObject[], index: number, builds: Builds): Located[] {
  const layer = part.layer === undefined ? {} : { layer: part.layer };
  return objects.flatMap((object): Located[] => {
    const { [originAnnotation]: origin, [partAnnotation]: of, ...annotations } = annotationsOf(object);
    if (of !== String(index)) return [];
    const path = /^path: (.*)$/m.exec(String(origin))?.[1];
    const known = path !== undefined && !/^repo: /m.test(String(origin));
    const file = known ? builds.file(index, path) : `${part.path}/kustomization.yaml`;
    const { annotations: _, ...metadata } = object.metadata;
    const kept = Object.keys(annotations).length === 0 ? {} : { annotations };
    return [{ object: { ...object, metadata: { ...metadata, ...kept } } as KubeObject, file, ...layer }];
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
