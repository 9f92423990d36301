import { load } from 'js-yaml';
import { controlPlaneNamespace, controlPlaneRevisions } from '../../src/model/revision.js';
import type { Emitted } from '../support/emitted.js';
import { nameOf } from '../support/emitted.js';
import { gatewayPods, selects } from '../support/gateway-pods.js';
import type { Built } from '../support/kubectl.js';

type Pod = { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };

/** Every selector and reference among objects that hits nothing. `made` is what charts make of the releases. */
export function missed(emitted: Emitted, made: readonly Built[]): string[] {
  const objects = [...emitted.objects, ...made];
  const pods = podsOf(emitted, objects);
  const hits = ({ metadata }: Built, labels: Built) =>
    pods.some((pod) => pod.namespace === metadata.namespace && selects(labels ?? {}, pod.labels));
  const isThere = (kind: string, name: string, namespace?: string) =>
    objects.some((each) => each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace);
  return objects
    .filter((object) => {
      const { kind, metadata, spec } = object;
      switch (kind) {
        case 'Service':
          return !hits(object, spec.selector);
        case 'PodDisruptionBudget':
          return !hits(object, spec.selector.matchLabels);
        case 'Deployment':
          return !selects(spec.selector.matchLabels, spec.template.metadata.labels);
        case 'HorizontalPodAutoscaler':
          return !isThere(spec.scaleTargetRef.kind, spec.scaleTargetRef.name, metadata.namespace);
        case 'Gateway':
          return !hits(object, spec.selector);
        case 'ValidatingAdmissionPolicyBinding':
          return !isThere('ValidatingAdmissionPolicy', spec.policyName);
        default:
          return false;
      }
    })
    .map((object) => `${nameOf(object)} selects nothing`);
}

/** The labels of all pods: of Deployments that are built or made, of gateways and istiods that an operator makes. */
function podsOf(emitted: Emitted, objects: readonly Built[]): Pod[] {
  const { mesh, cluster } = emitted;
  const live = mesh.clusters[cluster];
  return [
    ...objects
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata, spec }) => ({ namespace: metadata.namespace, labels: spec.template.metadata.labels })),
    ...gatewayPods(emitted).filter(({ operated }) => operated),
    ...(live === undefined ? [] : controlPlaneRevisions(live))
      // Those of charts are among the Deployments that were made.
      .filter((revision) => mesh.revisions[revision]?.install !== 'helm')
      .map((revision) => ({
        namespace: controlPlaneNamespace(mesh, revision),
        labels: { app: 'istiod', 'istio.io/rev': revision },
      })),
  ];
}

/** Every patch of a cluster whose target matches no object: kustomize takes that for no error. */
export function missedPatches({ files, cluster, objects }: Emitted): string[] {
  return [...files]
    .filter(([path]) => path.startsWith(`clusters/${cluster}/`) && path.endsWith('/kustomization.yaml'))
    .flatMap(([path, text]) => {
      const { patches = [] } = load(text) as Built;
      return patches
        .filter(({ target }: Built) => !objects.some((object) => isTarget(target, object)))
        .map(({ target }: Built) => `${path} patches ${JSON.stringify(target)}, which is not there`);
    });
}

function isTarget({ kind, name = '.*' }: Built, object: Built): boolean {
  return object.kind === kind && new RegExp(`^(${name})$`).test(object.metadata.name);
}
