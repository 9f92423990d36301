import type { FileSpec } from '../../model/file-spec.js';
import type { Contribution } from '../../model/layers.js';
import type { Mesh } from '../../model/mesh.js';
import type { IstioMinor } from '../versions.js';

/** An install method: how a revision's control plane gets into a cluster. */
export interface Install {
  /** One line for the question. */
  readonly title: string;
  /** Whether it can install this minor. */
  installs(minor: IstioMinor): boolean;
  /** The newest version of a minor that it can install beside others of its own, where that is not simply the newest that there is. */
  newest?(minor: IstioMinor, beside: readonly string[]): string | undefined;
  /** Whether it can install this very version of a minor that it installs; left out: every one. */
  installsVersion?(version: string): boolean;
  /** Shared bases, owned by no revision; empty where no revision of the mesh uses this method. */
  baseFiles(mesh: Mesh): FileSpec[];
  /** The frozen files of one revision: its operator and its control plane. */
  revisionFiles(mesh: Mesh, revision: string): FileSpec[];
  /** What the revisions of this method that live in the cluster add to its layers; empty where none does. */
  contributions(mesh: Mesh, cluster: string): Contribution[];
}
