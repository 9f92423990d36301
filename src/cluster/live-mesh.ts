import { engines } from '../catalog/catalog.js';
import type { SyncState } from '../catalog/engines/engine.js';
import { controlPlaneNamespaces, gatewayNamespace } from '../catalog/namespaces.js';
import { gatewayDeployment } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import {
  clusterOf,
  controlPlaneNamespace,
  controlPlaneRevisions,
  gatewayRevisions,
  revisionOf,
  versionLabel,
} from '../model/revision.js';
import { type EntryService, entryService, readyEndpoints } from './entry-service.js';
import { connected, known, unasked, unknowns } from './known.js';
import { type LiveTag, liveTags, liveWorkloads, type Workload } from './proxies.js';
import type { Deployment, Snapshot, Unknown } from './snapshot.js';

/** A Deployment of the mesh as it is in the cluster. */
export interface Replicas {
  readonly name: string;
  readonly namespace: string;
  /** Whether the repository calls for it. */
  readonly wanted: boolean;
  /** Whether it is in the cluster. */
  readonly there: boolean;
  readonly ready: number;
  /** The replicas that it is to have now. */
  readonly replicas: number;
}

/** The control plane of one revision. */
export interface LiveControlPlane extends Replicas {
  readonly revision: string;
  /** Proxies connected to it by its own word, gateways and what is no pod here included; null: it was not asked. */
  readonly connected: number | null;
}

/** The pods of one gateway in one revision. */
export interface LiveGatewayRevision extends Replicas {
  readonly revision: string;
  /** Ready endpoints of the entry Service that are pods of this revision; null: not known. */
  readonly endpoints: number | null;
  /** The most replicas that its autoscaler makes; null: not known, or it has none. */
  readonly most: number | null;
}

/** One gateway: its entry Service, and its pods in each revision. */
export interface LiveGateway {
  readonly gateway: string;
  readonly namespace: string;
  /** null: not known. */
  readonly service: EntryService | null;
  /** All ready endpoints, of whatever revision; null: not known. */
  readonly endpoints: number | null;
  /** null: not known. */
  readonly revisions: readonly LiveGatewayRevision[] | null;
}

/** One cluster as it is. Stable: `status --json` prints it. A field that is null could not be read, and `unknown` says why. */
export interface LiveMesh {
  readonly context: string;
  /** When it was read: an RFC 3339 time. */
  readonly readAt: string;
  /** The name that the control planes there know their cluster by (CLUSTER_ID); null where none says. */
  readonly clusterId: string | null;
  readonly controlPlanes: readonly LiveControlPlane[] | null;
  readonly gateways: readonly LiveGateway[];
  readonly tags: readonly LiveTag[] | null;
  /** Every workload with proxies, the gateways aside. */
  readonly workloads: readonly Workload[] | null;
  /** Namespaces that name a revision or a tag by istio.io/rev. */
  readonly namespaces: readonly { readonly name: string; readonly label: string }[] | null;
  readonly engine: readonly SyncState[] | null;
  readonly unknown: readonly Unknown[];
  /** Why istiods were not asked for their proxies; that takes nothing away from what is known. */
  readonly unasked: readonly Unknown[];
}

/** What a snapshot says about one cluster of the mesh. Pure. */
export function liveMesh(mesh: Mesh, name: string, snapshot: Snapshot): LiveMesh {
  const { context, readAt } = snapshot;
  return {
    context,
    readAt,
    clusterId: clusterId(mesh, snapshot),
    controlPlanes: controlPlanes(mesh, name, snapshot),
    gateways: Object.keys(mesh.gateways).map((gateway) => liveGateway(mesh, name, gateway, snapshot)),
    tags: liveTags(snapshot),
    workloads: liveWorkloads(mesh, snapshot),
    namespaces:
      known(snapshot, 'namespaces')?.flatMap(({ metadata }) => {
        const label = metadata.labels?.['istio.io/rev'];
        return label === undefined ? [] : [{ name: metadata.name, label }];
      }) ?? null,
    engine: engineState(mesh, name, snapshot),
    unknown: unknowns(snapshot),
    unasked: unasked(snapshot),
  };
}

/** Every istiod of ours knows its cluster by the name that the mesh gives it (istio/istio, pilot's environment CLUSTER_ID). */
function clusterId(mesh: Mesh, snapshot: Snapshot): string | null {
  const before = `istiod-${mesh.adopted?.revision}`;
  const env = known(snapshot, 'deployments')?.flatMap(({ metadata, spec }) =>
    metadata.name.startsWith('istiod-') && metadata.name !== before
      ? (spec.template?.spec?.containers ?? []).flatMap((each) => each.env ?? [])
      : [],
  );
  return env?.find(({ name }) => name === 'CLUSTER_ID')?.value ?? null;
}

function controlPlanes(mesh: Mesh, name: string, snapshot: Snapshot): LiveControlPlane[] | null {
  const deployments = known(snapshot, 'deployments');
  if (deployments === null) return null;
  const wanted = controlPlaneRevisions(clusterOf(mesh, name));
  const namespaces = controlPlaneNamespaces(mesh, Object.keys(mesh.revisions));
  const found = deployments
    .filter(({ metadata }) => namespaces.includes(metadata.namespace ?? '') && /^istiod(-|$)/.test(metadata.name))
    .map(({ metadata }) => (metadata.name === 'istiod' ? 'default' : metadata.name.slice('istiod-'.length)));
  return [...new Set([...wanted, ...found])].map((revision) => ({
    revision,
    connected: connected(snapshot, revision),
    // An install without a revision, which this repository does not have, is called "default".
    ...replicas(
      deployments,
      revision === 'default' ? 'istiod' : `istiod-${revision}`,
      controlPlaneNamespace(mesh, revision),
      wanted.includes(revision),
    ),
  }));
}

function liveGateway(mesh: Mesh, name: string, gateway: string, snapshot: Snapshot): LiveGateway {
  const namespace = gatewayNamespace(mesh, gateway);
  const services = known(snapshot, 'services');
  const service = services?.find(({ metadata }) => metadata.name === gateway && metadata.namespace === namespace);
  const endpoints = readyEndpoints(gateway, namespace, snapshot);
  return {
    gateway,
    namespace,
    service: services === null ? null : entryService(mesh, gateway, service),
    endpoints: endpoints?.length ?? null,
    revisions: gatewayRevisionFacts(mesh, name, gateway, endpoints, snapshot),
  };
}

function gatewayRevisionFacts(
  mesh: Mesh,
  name: string,
  gateway: string,
  endpoints: readonly (string | undefined)[] | null,
  snapshot: Snapshot,
): LiveGatewayRevision[] | null {
  const deployments = known(snapshot, 'deployments');
  if (deployments === null) return null;
  const namespace = gatewayNamespace(mesh, gateway);
  const wanted = gatewayRevisions(clusterOf(mesh, name));
  const found = Object.keys(mesh.revisions).filter((revision) =>
    deployments.some(
      ({ metadata }) => metadata.name === gatewayDeployment(gateway, revision) && metadata.namespace === namespace,
    ),
  );
  return [...new Set([...wanted, ...found])].map((revision) => {
    const deployment = gatewayDeployment(gateway, revision);
    const label = versionLabel(revisionOf(mesh, revision).version);
    const autoscaler = known(snapshot, 'autoscalers')?.find(
      ({ metadata }) => metadata.name === deployment && metadata.namespace === namespace,
    );
    return {
      revision,
      ...replicas(deployments, deployment, namespace, wanted.includes(revision)),
      endpoints: endpoints?.filter((version) => version === label).length ?? null,
      most: autoscaler?.spec.maxReplicas ?? null,
    };
  });
}

function replicas(deployments: readonly Deployment[], name: string, namespace: string, wanted: boolean): Replicas {
  const found = deployments.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  return {
    name,
    namespace,
    wanted,
    there: found !== undefined,
    ready: found?.status?.readyReplicas ?? 0,
    replicas: found === undefined ? 0 : (found.spec.replicas ?? 1),
  };
}

function engineState(mesh: Mesh, name: string, snapshot: Snapshot): SyncState[] | null {
  const objects = known(snapshot, 'engine');
  if (objects === null) return null;
  const engine = engines[mesh.engine];
  return engine.shownIn(name).map((own) => {
    const object = objects.find(({ metadata }) => metadata.name === own);
    return object === undefined
      ? { name: own, revision: '', state: 'not there', settled: false }
      : { name: own, ...engine.syncState(object) };
  });
}
