import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secondsOf } from './clock.js';
import { egressSocket } from './cluster/addresses.js';
import { bootCluster, type Cluster } from './cluster/cluster.js';
import { installApp } from './data-plane/app.js';
import { playGateway } from './data-plane/envoy.js';
import { playIstiod } from './data-plane/istiod.js';
import { playJob } from './data-plane/kubelet-jobs.js';
import { idlePlayer, type Player } from './data-plane/player.js';
import { type PodRunner, runPods } from './data-plane/pod-runner.js';
import { createArgoCd } from './delivery/argo-cd.js';
import type { Engine, EngineName } from './delivery/engine.js';
import { createFlux } from './delivery/flux.js';
import { type GitServer, startGitServer } from './delivery/git-server.js';
import type { KubeObject } from './kube/objects.js';
import { serveCharts } from './stand-ins/chart-repository.js';
import { type Cloud, startCloud } from './stand-ins/cloud.js';
import { createFaults, type Faults, roleOf } from './stand-ins/faults.js';
import { type MetricsApi, startMetricsApi } from './stand-ins/metrics-api.js';
import type { Charts } from './stand-ins/operator/control-plane-objects.js';
import { startOperator } from './stand-ins/operator/operator.js';
import { startSailOperator } from './stand-ins/sail/sail-operator.js';
import { type TrafficWatcher, watchTraffic } from './traffic/watcher.js';

/** Everything that was built: where the tools and the modules' files are. */
export interface Toolbox {
  readonly bin: string;
  readonly argoCd: string;
  readonly flux: string;
  readonly istio: string;
  readonly gatewayApi: string;
  readonly prometheusOperator: string;
}

export interface LabOptions {
  readonly directory: string;
  readonly tools: Toolbox;
  readonly engine: EngineName | 'none';
  readonly slot?: number;
  readonly clusterName?: string;
  /** Without a metrics API autoscalers have nothing to go by. Default: with. */
  readonly metrics?: boolean;
  readonly say: (line: string) => void;
}

/** One whole world of a scenario: a cluster, an engine, a data plane, and what watches them. */
export interface Lab {
  readonly cluster: Cluster;
  readonly tools: Toolbox;
  readonly gitServer: GitServer;
  readonly engine: Engine;
  readonly faults: Faults;
  readonly pods: PodRunner;
  readonly cloud: Cloud;
  readonly watcher: TrafficWatcher;
  /** Istio's own charts, and what renders them. */
  readonly charts: Charts;
  /** Serves them as a chart repository that has these versions, and with `sail` the Sail Operator's; the answer is its URL. */
  serveCharts(versions: readonly string[], sail?: boolean): Promise<string>;
  stop(): Promise<void>;
}

export async function openLab({
  directory,
  tools,
  engine: engineName,
  slot = 0,
  clusterName = 'production',
  metrics = true,
  say,
}: LabOptions): Promise<Lab> {
  const cluster = await bootCluster({ directory, bin: tools.bin, slot, say });
  const endings: (() => void | Promise<void>)[] = [() => cluster.stop()];
  let stopped: Promise<void> | undefined;
  const endInReverse = async (): Promise<void> => {
    for (const end of [...endings].reverse()) await Promise.resolve(end()).catch(() => {});
  };
  const stop = (): Promise<void> => {
    stopped ??= endInReverse();
    return stopped;
  };
  try {
    // First: the API server goes into the cluster by it.
    startServiceProxy(cluster);
    const gitServer = await startGitServer(directory, cluster.addresses.port('git'));
    endings.push(() => gitServer.stop());
    const cloud = startCloud(cluster);
    endings.push(() => cloud.stop());
    const metricsApi: MetricsApi | undefined = metrics ? await startMetricsApi(cluster) : undefined;
    endings.push(() => metricsApi?.stop());
    const faults = createFaults();
    const charts: Charts = { helm: cluster.tool('helm'), directory: join(tools.istio, 'manifests', 'charts') };
    const pods = runPods({ cluster, faults, say, playerOf: (pod) => playerOf(cluster, charts, pod, say) });
    endings.push(() => pods.stop());
    const watcher = watchTraffic(cluster.kube, isEntry);
    endings.push(() => watcher.stop());
    const common = { cluster, gitServer, clusterName };
    const engine =
      engineName === 'argo-cd'
        ? createArgoCd({ ...common, source: tools.argoCd })
        : createFlux({ ...common, source: tools.flux });
    if (engineName !== 'none') await engine.start();
    endings.push(() => engine.close());
    void installApp(cluster, 'istio-config', () => stopped !== undefined);
    return {
      cluster,
      tools,
      gitServer,
      engine,
      faults,
      pods,
      cloud,
      watcher,
      charts,
      async serveCharts(versions, sail = false) {
        const repository = await serveCharts(cluster, charts, versions, sail);
        endings.push(() => repository.stop());
        return repository.url;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Entry Services are what outside traffic enters by: the gateways' Services without a revision in their name. */
function isEntry({ metadata }: KubeObject): boolean {
  return /^istio-(ingress|egress|eastwest)gateway$/.test(metadata.name);
}

function startServiceProxy({ processes, kubeconfig, addresses, directory }: Cluster): void {
  const script = fileURLToPath(new URL('data-plane/service-proxy.ts', import.meta.url));
  const args = [
    '--import',
    'tsx',
    script,
    kubeconfig,
    String(addresses.backendPort),
    addresses.nodeAddress,
    join(directory, egressSocket),
  ];
  processes.start({
    name: 'service-proxy',
    command: process.execPath,
    args,
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
}

async function playerOf(
  cluster: Cluster,
  charts: Charts,
  pod: KubeObject,
  say: (line: string) => void,
): Promise<Player | undefined> {
  switch (roleOf(pod)) {
    case 'control-plane':
      return playIstiod(cluster, pod);
    case 'gateway':
      return playGateway(cluster, pod);
    case 'job':
      return playJob(cluster, pod);
    case 'operator':
      return playOperator(cluster, charts, pod, say);
    case 'sail-operator':
      return whileItRuns(startSailOperator(cluster, charts));
    default:
      return idlePlayer;
  }
}

function playOperator(cluster: Cluster, charts: Charts, pod: KubeObject, say: (line: string) => void): Player {
  const [container] = pod.spec.containers;
  const env = new Map<string, string>(
    (container.env ?? []).map(({ name, value }: { name: string; value?: string }) => [name, value ?? '']),
  );
  const operator = startOperator({
    kube: cluster.kube,
    charts,
    revision: env.get('REVISION') ?? '',
    namespaces: (env.get('WATCH_NAMESPACE') ?? '').split(',').filter((name) => name !== ''),
    version: String(container.image).split(':').at(-1) ?? '',
    waitTimeout: secondsOf(env.get('WAIT_FOR_RESOURCES_TIMEOUT') ?? '300s'),
    say,
  });
  return whileItRuns(operator);
}

function whileItRuns(controller: { stop(): void }): Player {
  const stop = async (): Promise<void> => controller.stop();
  return { ready: async () => true, stop, kill: stop };
}
