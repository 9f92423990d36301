import type { KubeObject, Located } from '../../model/kube-object.js';
import type { PatchTarget } from '../../model/kustomization.js';
import type { Cluster, Mesh } from '../../model/mesh.js';

/** One check of a repository: what must hold, why, and what to do where it does not. Pure. */
export interface Rule<Look> {
  /** In kebab-case; a report names it, and `--skip` takes it. */
  readonly name: string;
  /** What must hold, in one sentence. */
  readonly statement: string;
  /** Where that is known from: a page, an issue, or what was seen on a real control plane. */
  readonly source: string;
  /** What to do about a finding. */
  readonly fix: string;
  readonly find: (look: Look) => readonly Hit[];
}

/** A place where a rule is broken. */
export interface Hit {
  /** The object, or the file where no single object is to blame. */
  readonly where: Located | { readonly file: string };
  /** What is wrong there, as a sentence. */
  readonly message: string;
}

/** One cluster as it is built, for rules to judge. */
export interface ClusterLook {
  readonly mesh: Mesh;
  readonly name: string;
  readonly cluster: Cluster;
  /** What a delivery engine would apply. */
  readonly objects: readonly Located[];
  /** What hands the cluster over to its delivery engine: the objects in the files under delivery/. */
  readonly handOver: readonly Located[];
  /** The patches of this cluster's kustomizations, its own ones and those of custom/. */
  readonly patches: readonly LayerPatch[];
  /** The same cluster in the commit that this one is compared with; left out where it was not there, or is the same. */
  readonly before?: { readonly mesh: Mesh; readonly cluster: Cluster; readonly objects: readonly Located[] };
}

/** A patch, and the layer whose objects it can reach. */
export interface LayerPatch {
  readonly file: string;
  readonly layer: string;
  readonly target: Partial<PatchTarget> & {
    readonly group?: string;
    readonly version?: string;
    readonly namespace?: string;
  };
}

/** The files of a repository, for rules that need no built object. */
export interface RepositoryLook {
  /** Whether istio-prod.yaml is the mesh that the files were written from. */
  readonly followed: boolean;
  /** The managed and frozen files: what the lock says of each, what is there, and what the lock said before. */
  readonly files: readonly {
    readonly path: string;
    readonly ownership: 'managed' | 'frozen';
    readonly locked: string;
    /** The hash of what is there; undefined where the file is gone. */
    readonly present: string | undefined;
    /** The hash in the lock of the commit that this one is compared with. */
    readonly before: string | undefined;
  }[];
  /** The kustomizations that do not build, and what kustomize says. */
  readonly broken: readonly { readonly file: string; readonly message: string }[];
}

/** The objects of these kinds; of any group, because edits may bring any version. */
export function ofKind({ objects }: Pick<ClusterLook, 'objects'>, ...kinds: readonly string[]): Located[] {
  return objects.filter(({ object }) => kinds.includes(object.kind));
}

/** The object of a kind, a namespace and a name. */
export function find(
  objects: readonly Located[],
  kind: string,
  namespace: string | undefined,
  name: string,
): Located | undefined {
  return objects.find(
    ({ object: { kind: own, metadata } }) =>
      own === kind && metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
  );
}

/** Hits on the objects of which a sentence is true. */
export function hitsOn(
  objects: readonly Located[],
  wrong: (object: KubeObject) => readonly string[] | string | undefined,
): Hit[] {
  return objects.flatMap((where) => [wrong(where.object) ?? []].flat().map((message) => ({ where, message })));
}

/** The file to name where an object is missing: the kustomization of the layer that should have it. */
export function layerFile({ name }: ClusterLook, layer: string): { readonly file: string } {
  return { file: `clusters/${name}/${layer}/kustomization.yaml` };
}
