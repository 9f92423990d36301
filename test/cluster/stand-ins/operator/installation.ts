import { sleep } from '../../clock.js';
import { messageOf } from '../../errors.js';
import type { Kube } from '../../kube/client.js';
import { type KubeObject, nameOf, objectPath } from '../../kube/objects.js';
import { owned } from './ownership.js';

/** One entry of an IstioOperator's `status.componentStatus`. */
export interface ComponentStatus {
  readonly status: 'HEALTHY' | 'ERROR';
  readonly error?: string;
}

export interface InstallerOptions {
  readonly kube: Kube;
  readonly version: string;
  readonly minor: number;
  /** Seconds. */
  readonly waitTimeout: number;
  readonly stopped: () => boolean;
}

/** Applies the objects of one component of an IstioOperator and waits for them. */
export type Installer = (
  iop: KubeObject,
  component: string,
  objects: readonly KubeObject[],
) => Promise<ComponentStatus>;

/**
 * Installs for one operator process; `forget` tells it of a deleted object.
 *
 * It remembers what it applied, and applies and waits for only what is rendered differently or was deleted since: that is
 * why an edit of an owned object stays, and why an ERROR of waiting turns HEALTHY at the next look, whatever the pods do.
 */
export function createInstaller({ kube, version, minor, waitTimeout, stopped }: InstallerOptions): {
  readonly install: Installer;
  forget(owner: string, path: string): void;
} {
  /** What was applied, as JSON by path, for each component of each IstioOperator. */
  const applied = new Map<string, Map<string, string>>();

  async function install(
    iop: KubeObject,
    component: string,
    rendered: readonly KubeObject[],
  ): Promise<ComponentStatus> {
    const key = `${nameOf(iop)} ${component}`;
    const cache = applied.get(key) ?? new Map<string, string>();
    applied.set(key, cache);
    const objects = rendered.map((object) => owned(object, component, iop, version));
    const changed = objects.filter((object) => cache.get(objectPath(object)) !== JSON.stringify(object));
    const errors: string[] = [];
    for (const object of changed.toSorted((a, b) => orderOf(a) - orderOf(b))) {
      try {
        await kube.apply(object, 'istio-operator');
        cache.set(objectPath(object), JSON.stringify(object));
      } catch (error) {
        const what = `${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
        errors.push(`failed to update resource with server-side apply for obj ${what}: ${messageOf(error)}`);
        if (minor >= 20) break;
      }
    }
    const paths = new Set(objects.map(objectPath));
    for (const path of cache.keys()) if (!paths.has(path)) cache.delete(path);
    if (errors.length > 0) return { status: 'ERROR', error: errors.join('\n') };
    const reason = await waitForDeployments(changed.filter(({ kind }) => kind === 'Deployment')).catch(messageOf);
    if (stopped()) throw new Error('stopped');
    return reason === undefined
      ? { status: 'HEALTHY' }
      : { status: 'ERROR', error: `failed to wait for resource: ${reason}` };
  }

  /** Why they are not ready; undefined when they are. */
  async function waitForDeployments(deployments: readonly KubeObject[]): Promise<string | undefined> {
    const end = Date.now() + waitTimeout * 1000;
    while (!stopped()) {
      const ready = await Promise.all(deployments.map(isReady));
      const late = deployments.filter((_, index) => !ready[index]).map((one) => `  Deployment/${nameOf(one)}`);
      if (late.length === 0) return undefined;
      if (Date.now() > end)
        return [`resources not ready after ${waitTimeout}s: timed out waiting for the condition`, ...late].join('\n');
      await sleep(2000);
    }
    return 'stopped';
  }

  /** Ready is a Deployment whose newest ReplicaSet has as many ready pods as it asks for. */
  async function isReady(deployment: KubeObject): Promise<boolean> {
    const live = await kube.get(objectPath(deployment));
    if ((live.status?.observedGeneration ?? 0) < (live.metadata.generation ?? 0)) return false;
    const sets = await kube.list(`/apis/apps/v1/namespaces/${live.metadata.namespace}/replicasets`);
    const turn = 'deployment.kubernetes.io/revision';
    const newest = sets.find(
      ({ metadata: { ownerReferences = [], annotations } }) =>
        ownerReferences.some(({ uid }) => uid === live.metadata.uid) &&
        annotations?.[turn] === live.metadata.annotations?.[turn],
    );
    return newest !== undefined && (newest.status?.readyReplicas ?? 0) >= (live.spec.replicas ?? 1);
  }

  return {
    install,
    forget(owner, path) {
      for (const [key, cache] of applied) if (key.startsWith(`${owner} `)) cache.delete(path);
    },
  };
}

/** What is applied first: CRDs, then identities; Services come last, when pods have started. */
function orderOf({ kind = '' }: KubeObject): number {
  const first = ['CustomResourceDefinition', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding'];
  const order = [...first, 'ValidatingWebhookConfiguration', 'ConfigMap', '', 'HorizontalPodAutoscaler', 'Service'];
  return order.includes(kind) ? order.indexOf(kind) : order.indexOf('');
}
