import { sleep } from '../../clock.js';
import { messageOf } from '../../errors.js';
import type { Kube } from '../../kube/client.js';
import { type KubeObject, kindPath, nameOf, objectPath } from '../../kube/objects.js';
import { watchKind } from '../../kube/watch.js';
import { baseObjects, type Charts, controlPlaneObjects, defaultTagObjects } from './control-plane-objects.js';
import { type GatewayComponent, gatewayObjects } from './gateway-objects.js';
import { type ComponentStatus, createInstaller } from './installation.js';
import {
  leavesBehind,
  leftAlone,
  ownerOf,
  pilotEnabled,
  proxiesConnected,
  prune,
  removeOwned,
  watchedKinds,
} from './ownership.js';
import { createRequests } from './requests.js';
import { decodeError, mergeError } from './schema.js';

export interface OperatorOptions {
  readonly kube: Kube;
  readonly charts: Charts;
  /** The environment variable REVISION of the operator's pod; empty: all CRs. */
  readonly revision: string;
  /** The environment variable WATCH_NAMESPACE; empty: all namespaces. */
  readonly namespaces: readonly string[];
  /** The tag of the operator's image. */
  readonly version: string;
  /** Seconds it waits for Deployments before ERROR (WAIT_FOR_RESOURCES_TIMEOUT). */
  readonly waitTimeout: number;
  readonly say: (line: string) => void;
}

type Component = readonly [name: string, objects: readonly KubeObject[]];

const apiVersion = 'install.istio.io/v1alpha1';
const finalizer = 'istio-finalizer.install.istio.io';
const iopPath = kindPath(apiVersion, 'IstioOperator');
const injectors = kindPath('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration');

/**
 * Stands in for one in-cluster Istio operator of 1.9 … 1.23, as its own code says it acts (istio/istio, operator/pkg at the
 * release tags): one IstioOperator that its minor cannot decode stops it for all; its own revision only; a paused one is
 * left as it is, even when it is being deleted; merging before status; finalizer, status words and their order; apply
 * errors (up to 1.13 that is every gateway, by APIs that are no longer served) end in ERROR and are not tried again; owned objects are made again when deleted and left alone when edited;
 * pruning of what is switched off, deletion by version, refusal while proxies are connected, or leaving all behind; the default tag from 1.19.
 *
 * What remains different from the real one:
 * - Of `values` only the names at the top are checked, of `meshConfig` nothing; affinity, volumes and metrics other than
 *   resources are not decoded (`api-types.ts`).
 * - Profiles other than `empty` are taken as `minimal`: they bring no gateways. CNI, ztunnel and istiodRemote render nothing.
 * - Gateways must be injected. Objects are compared with recordings by `operator-renders-as-recorded`; what is in the
 *   istiod Deployment, ConfigMaps and webhooks is of the Istio build that plays every version.
 * - Components are installed one after the other, gateways too. Webhooks that would overlap are not looked for (1.12+).
 *   Pruning that fails is not tried again, as it was up to 1.18.
 * - "Proxies connected" is asked of the API (running pods with an istio-proxy of the revision), not of istiod: sidecars
 *   and proxies that lost their istiod are seen differently.
 * - Each look reads from the API server, not from a cache that may be behind. There is no leader election: two pods of one
 *   operator both act.
 */
export function startOperator(options: OperatorOptions): { stop(): void } {
  const { kube, charts, revision, namespaces, version, waitTimeout, say } = options;
  const minor = Number(version.split('.')[1] ?? 0);
  const requests = createRequests();
  let stopped = false;
  let pending = true;
  /** An IstioOperator does not decode: nothing is done until one of them changes. */
  let blocked = false;
  const installer = createInstaller({ kube, version, minor, waitTimeout, stopped: () => stopped });
  const watches = [
    watchKind(kube, iopPath, () => {
      pending = true;
    }),
    ...watchedKinds.map(([of, kind]) =>
      watchKind(kube, kindPath(of, kind), ({ type, object }) => {
        const owner = type === 'DELETED' ? ownerOf(object) : undefined;
        if (owner === undefined) return;
        installer.forget(owner, objectPath({ ...object, apiVersion: of, kind }));
        requests.ask(owner);
      }),
    ),
  ];

  async function componentsOf(iop: KubeObject): Promise<Component[]> {
    const { components = {} } = iop.spec;
    const result: Component[] = [];
    const pilot = pilotEnabled(iop);
    // One that is switched off renders nothing, and what it had made is pruned.
    result.push(['Base', (components.base?.enabled ?? pilot) ? await baseObjects(iop, charts) : []]);
    result.push(['Pilot', pilot ? await controlPlaneObjects(iop, charts) : []]);
    for (const [name, kind] of [
      ['IngressGateways', 'ingress'],
      ['EgressGateways', 'egress'],
    ] as const) {
      const gateways: readonly (GatewayComponent & { enabled?: boolean })[] = components[`${kind}Gateways`] ?? [];
      if (gateways.length === 0) continue;
      const enabled = gateways.filter((gateway) => gateway.enabled === true);
      result.push([name, enabled.flatMap((gateway) => gatewayObjects(gateway, kind, iop, minor))]);
    }
    return result;
  }

  /** Writes status whole, as the real one does: what is not in it is gone. */
  async function setStatus(iop: KubeObject, statusOf: (live: KubeObject) => object | undefined): Promise<void> {
    const live = await kube.get(objectPath(iop));
    const { status: _, ...rest } = live;
    const status = statusOf(live);
    await kube.request('PUT', `${objectPath(iop)}/status`, status === undefined ? rest : { ...rest, status });
  }

  async function install(iop: KubeObject): Promise<object> {
    const home = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: iop.spec.namespace || 'istio-system' } };
    if ((await kube.find(objectPath(home))) === undefined)
      await kube.apply({ ...home, metadata: { ...home.metadata, ...networkLabel(iop) } }, 'istio-operator');
    const components = await componentsOf(iop);
    const componentStatus: Record<string, ComponentStatus> = {};
    for (const [name, objects] of components) {
      const status = await installer.install(iop, name, objects);
      if (objects.length > 0) componentStatus[name] = status;
    }
    await prune(
      kube,
      iop,
      version,
      new Map(components.map(([name, objects]) => [name, new Set(objects.map(objectPath))])),
    ).catch((error) => {
      say(`operator ${revision}: ${iop.metadata.name}: pruning: ${messageOf(error)}`);
    });
    const failed = Object.entries(componentStatus).filter(([, { status }]) => status === 'ERROR');
    for (const [name, { error }] of failed) say(`operator ${revision}: ${iop.metadata.name}: ${name}: ${error}`);
    return { status: failed.length === 0 ? 'HEALTHY' : 'ERROR', componentStatus };
  }

  /** Up to 1.12 a gateway, too, goes only when istiod has said who is connected. */
  async function takeAway(iop: KubeObject): Promise<void> {
    const asks = (iop.spec.revision ?? '') !== '' && (minor < 13 || pilotEnabled(iop));
    const connected = asks && (await proxiesConnected(kube, iop, minor));
    if (connected && leavesBehind(version)) {
      say(`operator ${revision}: ${iop.metadata.name}: proxies are still connected, and what it made stays behind`);
      return;
    }
    if (connected && pilotEnabled(iop))
      throw new Error('action is required before deleting the iop instance: proxies are still connected');
    await removeOwned(kube, iop, version, minor);
  }

  /** What it throws is tried again. */
  async function reconcile(iop: KubeObject): Promise<void> {
    const { annotations, deletionTimestamp, finalizers = [] } = iop.metadata;
    if (revision !== '' && (iop.spec.revision ?? '') !== revision) return;
    if (annotations?.['install.istio.io/ignoreReconcile'] === 'true') return;
    const deleted = deletionTimestamp !== undefined;
    const problem = deleted && minor < 10 ? undefined : mergeError(iop, minor);
    if (problem !== undefined) throw new Error(`failed to merge base profile with user IstioOperator CR: ${problem}`);
    if (deleted) {
      if (!finalizers.includes(finalizer)) return;
      await takeAway(iop);
      const rest = finalizers.filter((name) => name !== finalizer);
      await kube.mergePatch(objectPath(iop), { metadata: { finalizers: rest } });
      return;
    }
    if (!finalizers.includes(finalizer))
      await kube.mergePatch(objectPath(iop), { metadata: { finalizers: [...finalizers, finalizer] } });
    const before = minor >= 19 ? await kube.list(`${injectors}?labelSelector=app%3Dsidecar-injector`) : undefined;
    await setStatus(iop, ({ status = {} }) => ({
      ...status,
      status: 'RECONCILING',
      ...(status.componentStatus === undefined ? {} : { componentStatus: allReconciling(status.componentStatus) }),
    }));
    let status: object | undefined;
    let failure: unknown;
    try {
      status = await install(iop);
    } catch (error) {
      // Rendering failed or the namespace could not be made: status is emptied. From 1.19 on the error itself is lost.
      say(`operator ${revision}: ${iop.metadata.name}: ${messageOf(error)}`);
      if (minor < 19) failure = error;
    }
    if (stopped) return;
    if (before?.length === 0) await makeDefaultTag(iop);
    await setStatus(iop, () => status);
    if (failure !== undefined) throw failure;
  }

  /** Needs the revision's own injector to copy from: without it, as with a gateway before its control plane, it does nothing. */
  async function makeDefaultTag(iop: KubeObject): Promise<void> {
    const { revision: of = '' } = iop.spec;
    const injector = `${injectors}/istio-sidecar-injector${of === '' ? '' : `-${of}`}`;
    if ((await kube.find(injector)) === undefined) return;
    for (const object of await defaultTagObjects(iop, charts)) await kube.apply(leftAlone(object), 'istio-operator');
  }

  /** Reconciles one IstioOperator, if there is one to reconcile. One at a time: the others wait meanwhile, as they do for real. */
  async function step(): Promise<boolean> {
    const all = await kube.list(iopPath);
    const watched = all
      .map((iop): KubeObject => ({ ...iop, apiVersion, kind: 'IstioOperator' }))
      .filter(({ metadata }) => namespaces.length === 0 || namespaces.includes(metadata.namespace ?? ''));
    const broken = watched
      .map((iop) => [nameOf(iop), decodeError(iop, minor)])
      .find(([, problem]) => problem !== undefined);
    blocked = broken !== undefined;
    if (broken !== undefined) {
      say(`operator ${revision}: failed to list IstioOperators: ${broken.join(': ')}`);
      return false;
    }
    const iop = requests.next(watched);
    if (iop === undefined) return false;
    requests.take(iop);
    try {
      await reconcile(iop);
      requests.done(iop);
    } catch (error) {
      requests.done(iop, error);
      say(`operator ${revision}: ${iop.metadata.name}: ${messageOf(error)}`);
    }
    return true;
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      if (pending || (!blocked && requests.waiting())) {
        pending = false;
        try {
          pending = (await step()) || pending;
        } catch (error) {
          say(`operator ${revision}: ${messageOf(error)}`);
          pending = true;
          await sleep(1000);
        }
      }
      await sleep(100);
    }
  }

  void loop();
  return {
    stop() {
      stopped = true;
      for (const watch of watches) watch.stop();
    },
  };
}

function networkLabel(iop: KubeObject): { labels?: Record<string, string> } {
  const network = iop.spec.values?.global?.network;
  return network === undefined ? {} : { labels: { 'topology.istio.io/network': network } };
}

function allReconciling(components: object): object {
  return Object.fromEntries(Object.keys(components).map((name) => [name, { status: 'RECONCILING' }]));
}
