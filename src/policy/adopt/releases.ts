import { annotationsOf, type KubeObject, labelsOf } from '../../model/kube-object.js';
import type { FoundGateway, Installation } from './installation.js';

/**
 * The Helm releases of what leads to this repository: of the gateways that it takes over, and of the control plane where Helm
 * installed that one. Sail installs by Helm, too; those releases are its own.
 */
export function releasesOf(
  objects: readonly KubeObject[],
  revision: string | undefined,
  gateways: readonly FoundGateway[],
): Installation['releases'] {
  // Helm writes into each object of a release which one it is.
  const all = objects
    .filter(
      (object) =>
        (revision !== undefined && isOfControlPlane(object, revision)) ||
        gateways.some((gateway) => isOfGateway(object, gateway)),
    )
    .flatMap((object) => {
      const name = annotationsOf(object)['meta.helm.sh/release-name'];
      const namespace = annotationsOf(object)['meta.helm.sh/release-namespace'];
      return typeof name === 'string' && typeof namespace === 'string' ? [`${namespace}/${name}`] : [];
    });
  return [...new Set(all)].toSorted().map((release) => {
    const [namespace = '', name = ''] = release.split('/');
    return { name, namespace };
  });
}

function isOfControlPlane(object: KubeObject, revision: string): boolean {
  const labels = labelsOf(object);
  return (
    (labels['app'] === 'istiod' && [undefined, revision].includes(labels['istio.io/rev'] as string | undefined)) ||
    [labels['app'], labels['k8s-app']].includes('istio-cni') ||
    object.metadata.name === 'istiod-default-validator'
  );
}

/** What is left alone keeps its release, too. */
function isOfGateway({ kind, metadata }: KubeObject, { name, gateway: { adopted } }: FoundGateway): boolean {
  const names: Readonly<Record<string, readonly string[]>> = { Service: [name], Deployment: adopted.deployments };
  return metadata.namespace === adopted.namespace && (names[kind] ?? []).includes(metadata.name);
}
