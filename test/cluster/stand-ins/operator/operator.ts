import { sleep } from '../../clock.js';
import { messageOf } from '../../errors.js';
import type { Kube } from '../../kube/client.js';
import { type KubeObject, kindPath, objectPath } from '../../kube/objects.js';
import { watchKind } from '../../kube/watch.js';
import { baseObjects, type Charts, controlPlaneObjects, defaultTagObjects } from './control-plane-objects.js';
import { type GatewayComponent, gatewayObjects } from './gateway-objects.js';
import { ownObjects, proxiesConnected, prune } from './ownership.js';
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

const finalizer = 'istio-finalizer.install.istio.io';
const iopPath = kindPath('install.istio.io/v1alpha1', 'IstioOperator');

/**
 * Stands in for one in-cluster Istio operator.
 *
 * It acts on IstioOperators as the real one is known to (design facts B6, B8, B10): strict listing, its own revision only,
 * finalizer, status words and their order, labels, pruning, deletion. What it does not do: validate every value.
 */
export function startOperator(options: OperatorOptions): { stop(): void } {
  const { kube, charts, revision, namespaces, version, waitTimeout, say } = options;
  const minor = Number(version.split('.')[1] ?? 0);
  /** Generation last reconciled, by uid. Edits of owned objects are no reason to reconcile: the real one does not look. */
  const seen = new Map<string, number>();
  let stopped = false;
  let pending = true;
  const wake = (): void => {
    pending = true;
  };
  const watches = [
    watchKind(kube, iopPath, wake),
    ...[
      'apis/apps/v1/deployments',
      'api/v1/services',
      'apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
    ].map((path) =>
      watchKind(kube, `/${path}`, ({ type, object }) => {
        const owner = object.metadata.labels?.['install.operator.istio.io/owning-resource'];
        if (type !== 'DELETED' || owner === undefined) return;
        for (const iop of watches[0]?.items.values() ?? [])
          if (iop.metadata.name === owner) seen.delete(iop.metadata.uid ?? '');
        wake();
      }),
    ),
  ];

  async function componentsOf(iop: KubeObject): Promise<Component[]> {
    const { components = {}, profile = 'default' } = iop.spec;
    const result: Component[] = [];
    const pilot = components.pilot?.enabled ?? profile !== 'empty';
    if (components.base?.enabled ?? pilot) result.push(['Base', await baseObjects(iop, charts)]);
    if (pilot) result.push(['Pilot', await controlPlaneObjects(iop, charts)]);
    for (const [name, kind] of [
      ['IngressGateways', 'ingress'],
      ['EgressGateways', 'egress'],
    ] as const) {
      const gateways: readonly (GatewayComponent & { enabled?: boolean })[] = components[`${kind}Gateways`] ?? [];
      const objects = gateways
        .filter(({ enabled }) => enabled === true)
        .flatMap((gateway) => gatewayObjects(gateway, kind, iop, minor));
      if (objects.length > 0) result.push([name, objects]);
    }
    return result;
  }

  async function setStatus(
    iop: KubeObject,
    status: string,
    componentStatus: Record<string, { status: string }>,
    message = '',
  ): Promise<void> {
    await kube.mergePatch(`${objectPath(iop)}/status`, { status: { status, componentStatus, message } });
  }

  async function reconcile(iop: KubeObject): Promise<void> {
    const problem = mergeError(iop);
    if (problem !== undefined) {
      say(`operator ${revision}: ${iop.metadata.name}: ${problem}`);
      return;
    }
    const tags =
      minor >= 19
        ? await kube.list(
            '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations?labelSelector=app%3Dsidecar-injector',
          )
        : undefined;
    if (iop.metadata.finalizers?.includes(finalizer) !== true) {
      await kube.mergePatch(objectPath(iop), {
        metadata: { finalizers: [...(iop.metadata.finalizers ?? []), finalizer] },
      });
    }
    const components = await componentsOf(iop);
    const every = (status: string): Record<string, { status: string }> =>
      Object.fromEntries(components.map(([name]) => [name, { status }]));
    await setStatus(iop, 'RECONCILING', every('RECONCILING'));
    try {
      await kube.apply(
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: iop.spec.namespace ?? 'istio-system', ...networkLabel(iop) },
        },
        'istio-operator',
      );
      for (const [name, objects] of components)
        for (const object of ownObjects(objects, name, iop, version)) await kube.apply(object, 'istio-operator');
      const pilot = components.some(([name]) => name === 'Pilot');
      if (pilot && tags?.length === 0)
        for (const object of await defaultTagObjects(iop, charts))
          await kube.apply(notPruned(object), 'istio-operator');
      await prune(
        kube,
        iop,
        minor,
        new Set(components.flatMap(([, objects]) => objects.map((object) => objectPath(object)))),
      );
      const late = await waitForDeployments(components);
      if (late === undefined) await setStatus(iop, 'HEALTHY', every('HEALTHY'));
      else
        await setStatus(
          iop,
          'ERROR',
          every('ERROR'),
          `failed to wait for resource: resources not ready after ${waitTimeout}s: timed out waiting for the condition\n  ${late}`,
        );
    } catch (error) {
      say(`operator ${revision}: ${iop.metadata.name}: ${messageOf(error)}`);
      await setStatus(iop, 'ERROR', every('ERROR'), messageOf(error)).catch(() => {});
      seen.delete(iop.metadata.uid ?? '');
    }
  }

  async function waitForDeployments(components: readonly Component[]): Promise<string | undefined> {
    const deployments = components.flatMap(([, objects]) => objects.filter(({ kind }) => kind === 'Deployment'));
    const end = Date.now() + waitTimeout * 1000;
    for (const deployment of deployments) {
      for (;;) {
        if (stopped) return 'stopped';
        const live = await kube.find(objectPath(deployment));
        const { readyReplicas = 0, replicas = 0, updatedReplicas = 0, observedGeneration = 0 } = live?.status ?? {};
        if (
          live !== undefined &&
          observedGeneration >= (live.metadata.generation ?? 0) &&
          readyReplicas > 0 &&
          readyReplicas >= Math.max(replicas, updatedReplicas, live.spec.replicas ?? 1)
        )
          break;
        if (Date.now() > end)
          return `Deployment/${deployment.metadata.namespace}/${deployment.metadata.name} (containers with unready status)`;
        await sleep(500);
      }
    }
    return undefined;
  }

  async function remove(iop: KubeObject): Promise<void> {
    const { revision: of = '', components = {}, profile = 'default' } = iop.spec;
    const pilot = components.pilot?.enabled ?? profile !== 'empty';
    if (of !== '' && pilot && (await proxiesConnected(kube, of))) {
      say(`operator ${revision}: ${iop.metadata.name}: action is required, proxies are still connected`);
      return;
    }
    await prune(kube, iop, minor, new Set());
    await kube.mergePatch(objectPath(iop), {
      metadata: { finalizers: (iop.metadata.finalizers ?? []).filter((name) => name !== finalizer) },
    });
  }

  async function pass(): Promise<void> {
    const all = await kube.list(iopPath);
    const watched = all
      .map((iop): KubeObject => ({ ...iop, apiVersion: 'install.istio.io/v1alpha1', kind: 'IstioOperator' }))
      .filter(({ metadata }) => namespaces.length === 0 || namespaces.includes(metadata.namespace ?? ''));
    const broken = watched
      .map((iop) => [iop.metadata.name, decodeError(iop, minor)])
      .find(([, problem]) => problem !== undefined);
    if (broken !== undefined) {
      say(`operator ${revision}: failed to list IstioOperators: ${broken.join(': ')}`);
      return;
    }
    for (const iop of watched) {
      const { uid = '', generation = 0, annotations, deletionTimestamp } = iop.metadata;
      if (revision !== '' && (iop.spec.revision ?? '') !== revision) continue;
      if (deletionTimestamp !== undefined) {
        if (iop.metadata.finalizers?.includes(finalizer) === true) await remove(iop);
      } else if (annotations?.['install.istio.io/ignoreReconcile'] !== 'true' && seen.get(uid) !== generation) {
        seen.set(uid, generation);
        try {
          await reconcile(iop);
        } catch (error) {
          seen.delete(uid);
          throw error;
        }
      }
    }
  }

  async function loop(): Promise<void> {
    let last = 0;
    while (!stopped) {
      if (pending || Date.now() - last > 5000) {
        pending = false;
        last = Date.now();
        await pass().catch((error) => say(`operator ${revision}: ${messageOf(error)}`));
      }
      await sleep(200);
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

function notPruned(object: KubeObject): KubeObject {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, 'install.operator.istio.io/owning-resource-not-pruned': 'true' },
    },
  };
}
