import { gatewayNamespace } from '../catalog/namespaces.js';
import { istioLabel } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import { known } from './known.js';
import type { Metadata, Snapshot, Webhook } from './snapshot.js';

/** A revision tag as it is in the cluster. */
export interface LiveTag {
  readonly tag: string;
  /** The revision that it names: its label istio.io/rev. */
  readonly revision: string;
}

/** Pods of one owner whose proxies are of one revision. */
export interface Workload {
  readonly namespace: string;
  /** Deployment, StatefulSet, DaemonSet, Rollout, Job, or Pod where nothing owns it. */
  readonly kind: string;
  readonly name: string;
  /** The revision that injected its proxies: the control plane that they are connected to. */
  readonly revision: string;
  readonly pods: number;
  /** What its namespace (or its pods) asks for by label: a tag or a revision; "" where nothing does. */
  readonly asksFor: string;
  /** The revision that its pods get when they restart; null where nobody injects them. */
  readonly next: string | null;
}

/** The revision tags; null where they could not be read. */
export function liveTags(snapshot: Snapshot): LiveTag[] | null {
  return (
    known(snapshot, 'tags')?.flatMap(({ metadata: { labels = {} } }) => {
      const [tag, revision] = [labels['istio.io/tag'], labels['istio.io/rev']];
      return tag === undefined || revision === undefined ? [] : [{ tag, revision }];
    }) ?? null
  );
}

/** The istiod that a webhook calls, by the name of its Service. */
export function calls({ webhooks = [] }: Webhook, service: string): boolean {
  return webhooks.some(({ clientConfig }) => clientConfig?.service?.name === service);
}

/** Every workload with proxies, the gateways of this mesh aside; null where pods, namespaces or tags could not be read. */
export function liveWorkloads(mesh: Mesh, snapshot: Snapshot): Workload[] | null {
  const [pods, namespaces, tags] = [known(snapshot, 'pods'), known(snapshot, 'namespaces'), liveTags(snapshot)];
  if (pods === null || namespaces === null || tags === null) return null;
  const labelsOf = new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  const named = new Map(tags.map(({ tag, revision }) => [tag, revision]));
  const workloads = new Map<string, Workload>();
  for (const { metadata } of pods) {
    const revision = proxyRevision(metadata);
    // A pod that ends has let go of its control plane, or will in seconds.
    if (revision === null || metadata.deletionTimestamp !== undefined || gatewayOf(mesh, metadata) !== null) continue;
    const namespace = metadata.namespace ?? '';
    const asksFor = injectionLabel(labelsOf.get(namespace) ?? {}, metadata.labels ?? {});
    const { kind, name } = ownerOf(metadata);
    const key = [namespace, kind, name, revision, asksFor].join('/');
    const earlier = workloads.get(key);
    const next = asksFor === '' ? null : (named.get(asksFor) ?? asksFor);
    workloads.set(key, { namespace, kind, name, revision, pods: (earlier?.pods ?? 0) + 1, asksFor, next });
  }
  return [...workloads.values()].sort((one, other) => order(one).localeCompare(order(other)));
}

/** The gateway of this mesh that a pod belongs to; null for every other pod. */
export function gatewayOf(mesh: Mesh, { namespace, labels }: Metadata): string | null {
  const gateway = Object.keys(mesh.gateways).find(
    (name) => gatewayNamespace(mesh, name) === namespace && labels?.['istio'] === istioLabel(name),
  );
  return gateway ?? null;
}

/**
 * The revision of a pod's proxy; null where it has none.
 *
 * From Istio 1.11 on the injector writes it into an annotation; 1.9 and 1.10 set the label istio.io/rev instead, and an
 * install without a revision is called "default" (istio/istio pkg/kube/inject).
 */
function proxyRevision({ annotations, labels }: Metadata): string | null {
  const status = annotations?.['sidecar.istio.io/status'];
  if (status === undefined) return null;
  return /"revision":\s*"([^"]+)"/.exec(status)?.[1] ?? labels?.['istio.io/rev'] ?? 'default';
}

/** Which injector a new pod asks for. `istio-injection` beats `istio.io/rev`, and a namespace's label its pods' (istio.io/docs/setup/additional-setup/sidecar-injection). */
function injectionLabel(namespace: Readonly<Record<string, string>>, pod: Readonly<Record<string, string>>): string {
  const switched = namespace['istio-injection'];
  if (switched !== undefined) return switched === 'enabled' ? 'default' : '';
  return (
    namespace['istio.io/rev'] ?? pod['istio.io/rev'] ?? (pod['sidecar.istio.io/inject'] === 'true' ? 'default' : '')
  );
}

/** Who owns a pod in the end. A ReplicaSet is named after its Deployment and the hash of the template, which the pod carries as a label. */
function ownerOf({ name, labels, ownerReferences = [] }: Metadata): { readonly kind: string; readonly name: string } {
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return { kind: 'Pod', name };
  if (owner.kind !== 'ReplicaSet') return owner;
  const hashes = [
    ['Deployment', labels?.['pod-template-hash']],
    ['Rollout', labels?.['rollouts-pod-template-hash']],
  ] as const;
  for (const [kind, hash] of hashes) {
    if (hash !== undefined && owner.name.endsWith(`-${hash}`))
      return { kind, name: owner.name.slice(0, -hash.length - 1) };
  }
  return owner;
}

function order({ namespace, kind, name, revision }: Workload): string {
  return [namespace, kind, name, revision].join('/');
}
