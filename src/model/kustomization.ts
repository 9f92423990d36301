/** What selects the objects of a patch; a target that matches nothing is no error in kustomize, so tests look at built objects. */
export interface PatchTarget {
  readonly kind: string;
  readonly name?: string;
  readonly labelSelector?: string;
}

/** A patch file and the objects it changes. */
export interface Patch {
  readonly path: string;
  readonly target: PatchTarget;
}

/** An image whose registry is the mesh's: the name in the frozen manifest and the name to use. */
export interface ImageName {
  readonly name: string;
  readonly newName: string;
}

/** What a kustomization.yaml can hold here; nothing that Argo CD or Flux refuse (no helmCharts). */
export interface KustomizationParts {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly Patch[];
  readonly images?: readonly ImageName[];
}

/** A kustomization.yaml as an object; empty parts are left out. */
export function kustomization(parts: KustomizationParts): object {
  const filled = Object.entries(parts).filter(([, list]) => list !== undefined && list.length > 0);
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...Object.fromEntries(filled) };
}
