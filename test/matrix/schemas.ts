import { customProblems } from '../support/custom-schema.js';
import { istioOperatorProblems } from '../support/istio-operator-schema.js';
import { istioProblems } from '../support/istio-schemas.js';
import type { Built } from '../support/kubectl.js';
import { schemaProblems } from '../support/strict-schema.js';

/**
 * What is wrong with an object by the schema of its kind, unknown fields among it; `live` are the Istio versions in its
 * cluster, all of which must know an object of Istio's.
 *
 * Istio's own resources are held against the definitions of each of these minors, Flux's and Sail's against the recorded
 * release, the others against Kubernetes' and Argo CD's.
 */
export function problemsOf(object: Built, live: readonly string[]): string[] {
  const group = object.apiVersion.split('/')[0];
  if (object.kind === 'IstioOperator') {
    const oldest = live.flatMap((version) => istioOperatorProblems(object, version, 'decodes'));
    return [...oldest, ...istioOperatorProblems(object, object.spec.tag, 'merges')];
  }
  if (group.endsWith('.fluxcd.io') || group === 'sailoperator.io') return customProblems(object);
  // Brought by others: nothing is recorded of them.
  if (group === 'monitoring.coreos.com') return [];
  return group.endsWith('.istio.io')
    ? live.flatMap((version) => istioProblems(object, version))
    : schemaProblems(object);
}
