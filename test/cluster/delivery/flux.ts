import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../clock.js';
import type { Cluster } from '../cluster/cluster.js';
import { conditionOf } from '../kube/objects.js';
import { startHelmController } from '../stand-ins/helm-controller/helm-controller.js';
import { helmKinds } from '../stand-ins/helm-controller/kinds.js';
import { type Engine, untilSynced } from './engine.js';
import { type SourceStandIn, sourceKinds, startSourceStandIn } from './git-repository.js';
import type { GitServer } from './git-server.js';

const run = promisify(execFile);
const kustomizations = '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations';
const helmReleases = '/apis/helm.toolkit.fluxcd.io/v2/helmreleases';

export interface FluxOptions {
  readonly cluster: Cluster;
  readonly gitServer: GitServer;
  /** The folder of kustomize-controller's module: its CRDs. */
  readonly source: string;
  /** The name of the cluster in the repository. */
  readonly clusterName: string;
  /** Feature gates of the kustomize-controller, such as CancelHealthCheckOnNewRevision=true. */
  readonly featureGates?: string;
}

/** The real kustomize-controller of Flux out of the cluster, and stand-ins for its source-controller and helm-controller. */
export function createFlux({
  cluster,
  gitServer,
  source,
  clusterName,
  featureGates = 'CancelHealthCheckOnNewRevision=true',
}: FluxOptions): Engine {
  const { processes, kube, addresses, directory, tool } = cluster;
  const name = 'kustomize-controller';
  let standIn: SourceStandIn | undefined;
  let helmController: { stop(): void } | undefined;

  async function kubectl(args: readonly string[]): Promise<void> {
    await run(tool('kubectl'), [...args], { env: { KUBECONFIG: cluster.kubeconfig, HOME: directory } });
  }

  async function state(commit: string): Promise<'synced' | { reason: string }> {
    processes.check();
    const found = await kube.list(kustomizations);
    if (found.length === 0) return { reason: 'there is no Kustomization' };
    for (const object of found) {
      const ready = conditionOf(object, 'Ready');
      const { metadata, status } = object;
      const at = String(status?.lastAppliedRevision ?? '');
      if (ready?.status !== 'True' || !at.endsWith(commit) || status.observedGeneration !== metadata.generation) {
        return {
          reason: `${metadata.name} at ${at.slice(-40, -32)}: ${ready?.status} ${ready?.reason} ${ready?.message ?? ''}`,
        };
      }
    }
    return 'synced';
  }

  return {
    name: 'flux',
    state,
    async start() {
      await kubectl(['apply', '--server-side', '-f', join(source, 'config', 'crd', 'bases')]);
      for (const object of [...sourceKinds, ...helmKinds]) await kube.apply(object);
      await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } });
      await until(
        'the kinds of Flux',
        async () =>
          (await kube.list('/apis/source.toolkit.fluxcd.io/v1/gitrepositories')).length >= 0 &&
          (await kube.list(kustomizations)).length >= 0 &&
          (await kube.list(helmReleases)).length >= 0,
        { timeout: 90 },
      );
      standIn ??= await startSourceStandIn(cluster, gitServer);
      helmController ??= startHelmController(cluster);
      processes.start({
        name,
        command: tool(name),
        args: [
          '--events-addr=',
          '--watch-all-namespaces',
          '--requeue-dependency=2s',
          '--log-level=info',
          `--feature-gates=${featureGates}`,
          `--health-addr=127.0.0.1:${addresses.port('flux-health')}`,
          `--metrics-addr=127.0.0.1:${addresses.port('flux-metrics')}`,
          '--interval-jitter-percentage=0',
        ],
        env: { RUNTIME_NAMESPACE: 'flux-system', KUBECONFIG: cluster.kubeconfig, TMPDIR: '/tmp' },
      });
    },
    async handOver(repository) {
      const folder = join(repository, 'delivery', 'flux', clusterName);
      await kubectl([
        'apply',
        '--server-side',
        '--force-conflicts',
        existsSync(join(folder, 'kustomization.yaml')) ? '-k' : '-f',
        folder,
      ]);
    },
    synced: (commit, timeout = 180) =>
      untilSynced(`Flux to be Ready at ${commit.slice(0, 8)}`, () => state(commit), timeout),
    async kill() {
      await processes.find(name)?.stop('SIGKILL');
    },
    close() {
      standIn?.stop();
      helmController?.stop();
    },
    async refresh() {
      const asked = new Date().toISOString();
      for (const kind of [kustomizations, helmReleases])
        for (const { metadata } of await kube.list(kind)) {
          const path = kind.replace(/[^/]+$/, `namespaces/${metadata.namespace}/$&/${metadata.name}`);
          await kube.mergePatch(path, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': asked } } });
        }
      // Asked all at once, one finds that the layer before it is not done, and looks again two seconds later.
      const handled = async (): Promise<boolean> =>
        (await kube.list(kustomizations)).every(
          (object) =>
            object.status?.lastHandledReconcileAt === asked && conditionOf(object, 'Ready')?.status === 'True',
        );
      await until('Flux to have looked again', handled, { timeout: 120 });
    },
    // It applies everything at every look and says nothing of what it changed: the objects tell.
    lastActed: async () => '',
  };
}
