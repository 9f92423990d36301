import type { FileSpec } from './file-spec.js';
import type { ImageName, Patch } from './kustomization.js';

/**
 * The layers of a cluster, in the order in which they become real.
 *
 * The names are fixed, so that an upgrade never changes the chain. 6-mesh is last: Istio's own resources need a
 * validator that answers, and nothing that serves traffic may wait for them.
 */
export const layerNames = [
  '1-namespaces',
  '2-operators',
  '3-control-planes',
  '4-gateways',
  '5-switch',
  '6-mesh',
] as const;
export type LayerName = (typeof layerNames)[number];

/**
 * What one part of the mesh (a gateway, an install method, the tags) adds to one layer of one cluster.
 *
 * Files and patch paths are relative to the layer's folder; resources to the repository's root, or to the layer's
 * folder where they start with "./".
 */
export interface Contribution {
  readonly layer: LayerName;
  readonly resources?: readonly string[];
  readonly files?: readonly FileSpec[];
  readonly patches?: readonly Patch[];
  readonly images?: readonly ImageName[];
}
