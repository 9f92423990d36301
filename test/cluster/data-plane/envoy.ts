import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { sleep } from '../clock.js';
import { playedAt } from '../cluster/addresses.js';
import type { Cluster } from '../cluster/cluster.js';
import type { KubeObject } from '../kube/objects.js';
import { bootstrapOf } from './envoy-bootstrap.js';
import { httpStatus } from './http.js';
import type { Player } from './player.js';

interface EnvVar {
  readonly name: string;
  readonly value?: string;
}

/** Seconds at which a drain is cut short: long enough for clients to be told, short enough for a test. */
const longestDrain = 8;
/** How long pilot-agent lets connections end when nothing is configured, in seconds. */
const usualDrain = 5;

/**
 * A real Envoy as an injected gateway pod, configured by the istiod of the revision that injected it.
 *
 * It does what pilot-agent does for it: the bootstrap, readiness (live and listeners received), and at SIGTERM a
 * graceful drain before the end.
 */
export async function playGateway(
  { processes, kube, tool, directory }: Cluster,
  pod: KubeObject,
): Promise<Player | undefined> {
  const container = pod.spec.containers.find(({ name }: { name: string }) => name === 'istio-proxy');
  // Not injected: a kubelet would find no image `auto`.
  if (container.image === 'auto' || container.args?.[1] !== 'router') return unpulled;
  const { name } = pod.metadata;
  const address = playedAt(pod.status.podIP);
  const env = new Map((container.env as readonly EnvVar[]).map(({ name: key, value }) => [key, value ?? '']));
  const proxyConfig = parse(env.get('PROXY_CONFIG') ?? '{}') as {
    discoveryAddress?: string;
    terminationDrainDuration?: string;
  };
  const [host = ''] = (proxyConfig.discoveryAddress ?? 'istiod.istio-system.svc').split(':');
  const [service, namespace] = host.split('.');
  const { spec } = await kube.get(`/api/v1/namespaces/${namespace}/services/${service}`);
  const home = join(directory, 'pods', name);
  mkdirSync(home, { recursive: true });
  const file = join(home, 'envoy.json');
  writeFileSync(file, JSON.stringify(bootstrapOf({ pod, address, env, discoveryAddress: spec.clusterIP })));
  const process = processes.start({
    name,
    command: tool('envoy'),
    cwd: home,
    args: [
      '-c',
      file,
      '--concurrency',
      '1',
      '--log-level',
      'warn',
      '--disable-hot-restart',
      '--drain-time-s',
      '45',
      '--drain-strategy',
      'immediate',
    ],
  });
  const admin = `http://${address}:15000`;
  const drain = Math.min(secondsOf(proxyConfig.terminationDrainDuration) ?? usualDrain, longestDrain);
  return {
    ready: async () => (await httpStatus(`${admin}/ready`)) === 200,
    async stop() {
      await httpStatus(`${admin}/drain_listeners?graceful`, 'POST');
      await Promise.race([sleep(drain * 1000), process.ended]);
      await process.stop('SIGTERM', 2000);
    },
    kill: () => process.stop('SIGKILL'),
    ended: () => process.child.exitCode !== null || process.child.signalCode !== null,
  };
}

/** Connections that clients have to a gateway now, as its Envoy counts them. */
export async function connectionsTo(pod: KubeObject): Promise<number> {
  const answer = await fetch(`http://${playedAt(pod.status.podIP)}:15000/stats?filter=^http\\..*downstream_cx_active$`);
  const counts = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('http.admin.'));
  return counts.reduce((sum, line) => sum + Number(line.split(': ').at(-1)), 0);
}

const unpulled: Player = { ready: async () => false, stop: async () => {}, kill: async () => {} };

function secondsOf(duration: string | undefined): number | undefined {
  const [, value, unit] = /^(\d+)(ms|s|m)$/.exec(duration ?? '') ?? [];
  if (value === undefined) return undefined;
  return Number(value) * (unit === 'm' ? 60 : unit === 'ms' ? 0.001 : 1);
}
