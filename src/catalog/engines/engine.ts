import type { FileSpec, Ownership } from '../../model/file-spec.js';
import type { LayerName } from '../../model/layers.js';
import type { Mesh } from '../../model/mesh.js';

/** A folder of a cluster that only this engine needs, between two layers. */
export interface Gate {
  /** The layer that it follows. */
  readonly after: LayerName;
  /** The name of the folder in the cluster. */
  readonly folder: string;
}

/** A chart, installed under a name. */
export interface ChartRelease {
  /** At most 53 characters, because Helm refuses longer ones. */
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  readonly values: object;
  /** Whether it outlives everything: what it brought stays even where its object is deleted. */
  readonly keep: boolean;
  /** Whether CustomResourceDefinitions that the chart has beside its templates stay out. */
  readonly skipCrds?: true;
  /** Whether it may take over what another release brought. */
  readonly takesOver?: true;
  /** Whose chart it is; left out: Istio's. */
  readonly repository?: 'sail';
  /** The chart repository; a frozen release leaves it to the cluster's patch. */
  readonly charts?: string;
}

/** An object in which an engine says how far it is; undefined where the cluster has none of that name. */
export interface EngineObject {
  readonly metadata: { readonly name: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** How far an engine is with one of its objects. */
export interface SyncState {
  readonly name: string;
  /** The commit that it has applied, as the engine writes it; "" where there is none. */
  readonly revision: string;
  /** In the engine's own words: Synced, Healthy. */
  readonly state: string;
  /** Whether the cluster is what that commit says, and all of it healthy. */
  readonly settled: boolean;
}

/** A delivery engine: what hands the repository over, and what it adds to the layers so that they become real in order. */
export interface Engine {
  /** One line for the question. */
  readonly title: string;
  /** Everything that the engine adds for the whole repository and for each cluster. */
  files(mesh: Mesh): FileSpec[];
  /** Kustomize Components that every cluster's layer includes, relative to the repository's root. */
  layerComponents(layer: LayerName): readonly string[];
  /** What must be true between two layers of this cluster beyond the health that the engine sees by itself. */
  gates(mesh: Mesh, cluster: string): readonly Gate[];
  /** Whether a person applies the files under delivery/, because nothing syncs them. */
  readonly appliedByHand: boolean;
  /** What people must know of this engine, for the README; Markdown. */
  readonly notes: string;
  /** The name of the file that holds a Helm release of this engine, and the kind of its object. */
  readonly releaseFile: string;
  readonly releaseKind: string;
  /** A Helm release, as an object that this engine installs. */
  release(path: string, ownership: Ownership, release: ChartRelease): FileSpec;
  /** A patch of releases: more values, and the chart repository of the mesh. */
  releasePatch(path: string, mesh: Mesh, values: object): FileSpec;
  /** The commands that end a sync which waits, and those that let a person change an object meanwhile. */
  unhang(cluster: string): readonly string[];
  /** The commands that hand a cluster over, for the README. */
  handOver(mesh: Mesh, cluster: string): readonly string[];
  /** Where in a cluster the engine shows how far it is: the kind as kubectl names it, its API paths, its namespaces. */
  readonly shownBy: {
    readonly what: string;
    readonly paths: readonly string[];
    readonly namespaces: readonly string[];
  };
  /** The names of the objects that this cluster must have of that kind. */
  shownIn(cluster: string): readonly string[];
  /** What one of them says. */
  syncState(object: EngineObject): Omit<SyncState, 'name'>;
}

/** Whether a release of the mesh comes from the repository of Istio's charts. */
export function usesCharts(mesh: Mesh): boolean {
  return (
    Object.values(mesh.revisions).some(({ install, charts }) => install === 'helm' && charts === undefined) ||
    Object.values(mesh.clusters).some(({ crds, base }) => crds !== undefined && base === undefined)
  );
}
