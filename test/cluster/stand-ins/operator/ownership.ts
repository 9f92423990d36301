import { satisfies } from 'semver';
import { messageOf } from '../../errors.js';
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

/** Kinds whose deletion makes the operator look again: those it prunes, and CRDs. */
export const watchedKinds = [
  ...prunedKinds,
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
] as const satisfies typeof prunedKinds;

const owningResource = 'install.operator.istio.io/owning-resource';
const owningNamespace = 'install.operator.istio.io/owning-resource-namespace';
const notPruned = 'install.operator.istio.io/owning-resource-not-pruned';
const componentLabel = 'operator.istio.io/component';

export function pilotEnabled({ spec }: KubeObject): boolean {
  return spec.components?.pilot?.enabled ?? (spec.profile ?? 'default') !== 'empty';
}

/** The labels that are the same on all objects of one IstioOperator. */
function coreLabels(iop: KubeObject, version: string): Record<string, string> {
  return {
    [owningResource]: iop.metadata.name,
    [owningNamespace]: iop.metadata.namespace ?? '',
    'istio.io/rev': iop.spec.revision || 'default',
    'operator.istio.io/managed': 'Reconcile',
    'operator.istio.io/version': version,
  };
}

/** The object with the six labels that the operator puts on whatever it applies; pod templates stay as rendered. */
export function owned(object: KubeObject, component: string, iop: KubeObject, version: string): KubeObject {
  const labels = { ...object.metadata.labels, ...coreLabels(iop, version), [componentLabel]: component };
  return { ...object, metadata: { ...object.metadata, labels } };
}

/** An object that the operator makes once and leaves alone from then on. */
export function leftAlone(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [notPruned]: 'true' } } };
}

/** The IstioOperator (`namespace/name`) that an object of the operator belongs to. */
export function ownerOf({ metadata: { labels = {} } }: KubeObject): string | undefined {
  const [name, namespace, component] = [labels[owningResource], labels[owningNamespace], labels[componentLabel]];
  return name && namespace && component ? `${namespace}/${name}` : undefined;
}

/** Deletes what this IstioOperator made and no longer renders; `kept` are the paths of what it renders, by component. */
export async function prune(
  kube: Kube,
  iop: KubeObject,
  version: string,
  kept: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  const gone = (await found(kube, coreLabels(iop, version))).filter(({ path, labels = {} }) => {
    const rendered = kept.get(labels[componentLabel] ?? '');
    return rendered !== undefined && !rendered.has(path) && labels[notPruned] !== 'true';
  });
  await removeAll(kube, gone);
}

/**
 * Whether an operator lets an IstioOperator go and deletes nothing while any proxy of the revision is connected: it takes a
 * status for an answer that no object has any more that is being deleted (PruneControlPlaneByRevisionWithController).
 */
export function leavesBehind(version: string): boolean {
  return satisfies(version, '<1.10.6 || >=1.11.0 <1.11.5 || >=1.12.0 <1.12.7');
}

/**
 * Deletes what goes with an IstioOperator, of the components that are on.
 *
 * Up to 1.14.5 and 1.15.3 that is all of its revision and components, whichever IstioOperator it is of; later a gateway's
 * objects must be of this one. An operator of 1.9 deletes what base made, too; up to 1.11 validators stay. Without a
 * revision it is all that this one made.
 */
export async function removeOwned(kube: Kube, iop: KubeObject, version: string, minor: number): Promise<void> {
  const { revision = '', components = {} } = iop.spec;
  if (revision === '') {
    const all = await found(kube, coreLabels(iop, version));
    await removeAll(
      kube,
      all.filter(({ labels }) => labels?.[componentLabel] !== undefined),
    );
    return;
  }
  const isOn = ({ enabled }: { enabled?: boolean }): boolean => enabled === true;
  const own = { [owningResource]: iop.metadata.name, [owningNamespace]: iop.metadata.namespace ?? '' };
  const byOwner = !satisfies(version, '<1.14.6 || >=1.15.0 <1.15.4');
  const selections = [
    ...(minor < 10 && (components.base?.enabled ?? pilotEnabled(iop)) ? [{ [componentLabel]: 'Base' }] : []),
    ...(pilotEnabled(iop) ? [{ [componentLabel]: 'Pilot' }] : []),
    ...(components.cni?.enabled === true ? [{ [componentLabel]: 'Cni' }] : []),
    ...[
      ...((components.ingressGateways ?? []).some(isOn) ? ['IngressGateways'] : []),
      ...((components.egressGateways ?? []).some(isOn) ? ['EgressGateways'] : []),
    ].map((name) => ({ [componentLabel]: name, ...(byOwner ? own : {}) })),
  ];
  for (const selection of selections) {
    const all = await found(kube, { 'istio.io/rev': revision, ...selection });
    const stays = ({ path }: { path: string }): boolean => minor < 12 && path.includes('/validatingwebhook');
    await removeAll(
      kube,
      all.filter((object) => !stays(object)),
    );
  }
}

async function found(
  kube: Kube,
  labels: Readonly<Record<string, string>>,
): Promise<readonly { path: string; labels?: Record<string, string> }[]> {
  const selector = encodeURIComponent(
    Object.entries(labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
  );
  const lists = await Promise.all(
    prunedKinds.map(async ([apiVersion, kind]) => {
      const objects = await kube.list(`${kindPath(apiVersion, kind)}?labelSelector=${selector}`);
      return objects.map((object) => ({
        path: objectPath({ ...object, apiVersion, kind }),
        ...(object.metadata.labels === undefined ? {} : { labels: object.metadata.labels }),
      }));
    }),
  );
  return lists.flat();
}

/** One that cannot be deleted does not keep the others. */
async function removeAll(kube: Kube, objects: readonly { readonly path: string }[]): Promise<void> {
  const problems: string[] = [];
  for (const { path } of objects)
    await kube.remove(path, { propagationPolicy: 'Background' }).catch((error) => problems.push(messageOf(error)));
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/**
 * What the operator asks istiod before it takes it away: whether proxies of the revision are connected.
 *
 * Up to 1.11 it cannot do without an answer; later, where no istiod runs there is nobody to ask and nothing to wait for.
 */
export async function proxiesConnected(kube: Kube, iop: KubeObject, minor: number): Promise<boolean> {
  const ofRevision = `istio.io/rev=${iop.spec.revision}`;
  const running = async (path: string, selector: string): Promise<readonly KubeObject[]> => {
    const pods = await kube.list(`${path}?labelSelector=${encodeURIComponent(selector)}`);
    return pods.filter(({ status }) => status?.phase === 'Running');
  };
  const home = `/api/v1/namespaces/${iop.spec.namespace || 'istio-system'}/pods`;
  if ((await running(home, `app=istiod,${ofRevision}`)).length === 0) {
    if (minor < 12) throw new Error('failed to check proxy infos: unable to find any Istiod instances');
    return false;
  }
  const pods = await running('/api/v1/pods', ofRevision);
  return pods.some(({ spec }) => spec.containers.some(({ name }: { name: string }) => name === 'istio-proxy'));
}
