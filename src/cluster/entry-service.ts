import { adopted } from '../model/adopted.js';
import { appLabel, gatewayOf, istioLabel } from '../model/gateway.js';
import { same } from '../model/kube-object.js';
import type { Mesh } from '../model/mesh.js';
import { revisionOf, versionLabel } from '../model/revision.js';
import { known } from './known.js';
import type { Service, Snapshot } from './snapshot.js';

/** An entry Service as it is in the cluster. */
export interface EntryService {
  readonly there: boolean;
  readonly selector: Readonly<Record<string, string>>;
  /** The revisions that it selects. */
  readonly selects: readonly string[];
  /** Whether it is of a kind that gets an address from outside. */
  readonly takesAddress: boolean;
  /** Addresses and names of its load balancer. */
  readonly addresses: readonly string[];
}

/** What a Service says, as it was read; undefined where there is none. */
export function entryService(mesh: Mesh, gateway: string, service: Service | undefined): EntryService {
  const selector = service?.spec.selector ?? {};
  return {
    there: service !== undefined,
    selector,
    selects: [...selectsBefore(mesh, gateway, selector), ...Object.keys(mesh.revisions)].filter(
      (revision) => revision === adopted || selectsRevision(mesh, gateway, selector, revision),
    ),
    takesAddress: service?.spec.type === 'LoadBalancer',
    addresses: (service?.status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? ''),
  };
}

/** Whether it takes the pods that were there before: its selector is as it was found, or the shared label alone. */
function selectsBefore(mesh: Mesh, gateway: string, selector: Readonly<Record<string, string>>): string[] {
  const before = gatewayOf(mesh, gateway).adopted;
  if (before === undefined) return [];
  return same(selector, before.selector) || same(selector, { istio: istioLabel(gateway) }) ? [adopted] : [];
}

/** Whether a selector takes the gateway pods of a revision. A selector without any key takes none at all (Kubernetes API, Service). */
function selectsRevision(
  mesh: Mesh,
  gateway: string,
  selector: Readonly<Record<string, string>>,
  revision: string,
): boolean {
  const labels: Readonly<Record<string, string>> = {
    app: appLabel(mesh, gateway),
    istio: istioLabel(gateway),
    version: versionLabel(revisionOf(mesh, revision).version),
    'istio.io/rev': revision,
  };
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
}

/** The label `version` of the pod behind each ready endpoint of an entry Service, each pod once; null: not known. */
export function readyEndpoints(gateway: string, namespace: string, snapshot: Snapshot): (string | undefined)[] | null {
  const [slices, pods] = [known(snapshot, 'endpointSlices'), known(snapshot, 'pods')];
  if (slices === null || pods === null) return null;
  const versions = new Map(
    pods
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map(({ metadata }) => [metadata.name, metadata.labels?.['version']]),
  );
  const own = slices.filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === gateway,
  );
  const ready = own.flatMap(({ endpoints }) =>
    (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false),
  );
  const names = new Set(ready.map(({ targetRef, addresses }) => targetRef?.name ?? addresses[0] ?? ''));
  return [...names].map((pod) => versions.get(pod));
}
