import { until } from '../clock.js';
import type { Kube } from './client.js';
import type { KubeObject } from './objects.js';

/** Kinds of which a revision has objects of its own. */
const kinds = [
  '/apis/install.istio.io/v1alpha1/istiooperators',
  '/apis/sailoperator.io/v1/istiorevisions',
  '/apis/apps/v1/deployments',
  '/api/v1/services',
  '/api/v1/configmaps',
  '/api/v1/secrets',
  '/api/v1/serviceaccounts',
  '/api/v1/pods',
  '/apis/autoscaling/v2/horizontalpodautoscalers',
  '/apis/policy/v1/poddisruptionbudgets',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  '/apis/rbac.authorization.k8s.io/v1/roles',
  '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
];

/** Waits until no object has the revision in its name, one that is Terminating neither. */
export async function nothingLeftOf(revision: string, kube: Kube): Promise<void> {
  await until(
    `everything of ${revision} to be gone`,
    async () => {
      const lists = await Promise.all(kinds.map((kind) => kube.find(kind)));
      const left = lists
        .flatMap((list): KubeObject[] => list?.items ?? [])
        .filter(({ metadata }) => metadata.name.includes(revision));
      if (left.length === 0) return true;
      throw new Error(`there still is ${left.map(({ metadata }) => metadata.name).join(', ')}`);
    },
    { timeout: 90 },
  );
}
