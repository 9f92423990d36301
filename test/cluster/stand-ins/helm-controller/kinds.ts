import type { KubeObject } from '../../kube/objects.js';

/**
 * The kinds that helm-controller works with, as far as the kustomize-controller and the stand-in read them.
 *
 * The default of `status` is that of Flux's own definition, and it matters: without it an object that no controller has
 * seen yet counts as current, and the layer above it would not wait.
 */
export const helmKinds: readonly KubeObject[] = [
  definition('helm.toolkit.fluxcd.io', 'v2', 'HelmRelease', 'helmreleases'),
  definition('source.toolkit.fluxcd.io', 'v1', 'HelmRepository', 'helmrepositories'),
];

function definition(group: string, version: string, kind: string, plural: string): KubeObject {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const status = { ...anything, default: { observedGeneration: -1 } };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: anything, status } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, subresources: { status: {} }, schema }],
    },
  };
}
