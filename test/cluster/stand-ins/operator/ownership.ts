import type { Kube } from '../../kube/client.js';
import { type KubeObject, kindPath, objectPath } from '../../kube/objects.js';

/** Kinds that are deleted with their IstioOperator: never CRDs, never namespaces. */
const prunedKinds: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['apps/v1', 'Deployment'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'ServiceAccount'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
];

/** The objects with the six labels that the operator puts on whatever it applies; pod templates stay as rendered. */
export function ownObjects(
  objects: readonly KubeObject[],
  component: string,
  iop: KubeObject,
  version: string,
): KubeObject[] {
  return objects.map((object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: {
        ...object.metadata.labels,
        'install.operator.istio.io/owning-resource': iop.metadata.name,
        'install.operator.istio.io/owning-resource-namespace': iop.metadata.namespace ?? '',
        'istio.io/rev': iop.spec.revision ?? 'default',
        'operator.istio.io/component': component,
        'operator.istio.io/managed': 'Reconcile',
        'operator.istio.io/version': version,
      },
    },
  }));
}

/**
 * Deletes what this IstioOperator owns and `kept` (object paths) does not name.
 *
 * Up to 1.13 ownership is revision and component alone, so objects of other IstioOperators of the revision go too.
 */
export async function prune(kube: Kube, iop: KubeObject, minor: number, kept: ReadonlySet<string>): Promise<void> {
  const { revision = 'default', components = {}, profile = 'default' } = iop.spec;
  const own = [
    ...((components.pilot?.enabled ?? profile !== 'empty') ? ['Pilot'] : []),
    ...(components.ingressGateways === undefined ? [] : ['IngressGateways']),
    ...(components.egressGateways === undefined ? [] : ['EgressGateways']),
  ];
  const owner = `install.operator.istio.io/owning-resource=${iop.metadata.name},install.operator.istio.io/owning-resource-namespace=${iop.metadata.namespace}`;
  const selector = [
    `istio.io/rev=${revision}`,
    `operator.istio.io/component in (${own.join(',')})`,
    ...(minor > 13 ? [owner] : []),
  ].join(',');
  if (own.length === 0) return;
  for (const [apiVersion, kind] of prunedKinds) {
    const found = await kube.list(`${kindPath(apiVersion, kind)}?labelSelector=${encodeURIComponent(selector)}`);
    for (const object of found) {
      const path = objectPath({ ...object, apiVersion, kind });
      if (!kept.has(path)) await kube.remove(path, { propagationPolicy: 'Background' });
    }
  }
}

/** Whether proxies of the revision still run: what the operator asks istiod before it takes it away. */
export async function proxiesConnected(kube: Kube, revision: string): Promise<boolean> {
  const pods = await kube.list(`/api/v1/pods?labelSelector=${encodeURIComponent(`istio.io/rev=${revision}`)}`);
  return pods.some(
    ({ spec, status }) =>
      status?.phase === 'Running' && spec.containers.some(({ name }: { name: string }) => name === 'istio-proxy'),
  );
}
