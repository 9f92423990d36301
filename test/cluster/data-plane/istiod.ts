import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { playedAt } from '../cluster/addresses.js';
import type { Cluster } from '../cluster/cluster.js';
import type { KubeObject } from '../kube/objects.js';
import { httpStatus } from './http.js';
import type { Player } from './player.js';

interface EnvVar {
  readonly name: string;
  readonly value?: string;
}

/** Filters that only Istio's own build of Envoy has. The gateways of the harness run upstream Envoy. */
const upstreamEnvoy = { PILOT_ENABLE_METADATA_EXCHANGE: 'false', PILOT_ENABLE_ALPN_FILTER: 'false' };

/**
 * A real istiod (pilot-discovery) as the pod of a control plane.
 *
 * It takes the environment of the pod's container and the mesh configuration of its revision's ConfigMap, less what
 * upstream Envoy cannot do, and works with the administrator's credentials.
 */
export async function playIstiod(
  { processes, kube, kubeconfig, tool, directory }: Cluster,
  pod: KubeObject,
): Promise<Player> {
  const { name, namespace = '' } = pod.metadata;
  const address = playedAt(pod.status.podIP);
  const container =
    pod.spec.containers.find(({ name: is }: { name: string }) => is === 'discovery') ?? pod.spec.containers[0];
  const given = Object.fromEntries(
    (container.env as readonly EnvVar[])
      .filter(({ name: key, value }) => value !== undefined && key !== 'KUBECONFIG')
      .map(({ name: key, value }) => [key, value ?? '']),
  );
  const revision = given.REVISION ?? 'default';
  const configMap = revision === 'default' ? 'istio' : `istio-${revision}`;
  const { data } = await kube.get(`/api/v1/namespaces/${namespace}/configmaps/${configMap}`);
  const home = join(directory, 'pods', name);
  mkdirSync(home, { recursive: true });
  const meshConfig = join(home, 'mesh.yaml');
  writeFileSync(meshConfig, stringify(withoutProviders(parse(data.mesh))));
  const process = processes.start({
    name,
    command: tool('pilot-discovery'),
    cwd: home,
    args: [
      'discovery',
      '--kubeconfig',
      kubeconfig,
      '--meshConfig',
      meshConfig,
      '--domain',
      'cluster.local',
      '--ctrlz_port',
      '0',
      '--log_output_level',
      'default:warn',
      '--httpAddr',
      `${address}:8080`,
      '--grpcAddr',
      `${address}:15010`,
      '--secureGRPCAddr',
      `${address}:15012`,
      '--httpsAddr',
      `${address}:15017`,
      '--monitoringAddr',
      `${address}:15014`,
      '--keepaliveMaxServerConnectionAge',
      '30m',
    ],
    env: {
      ...given,
      ...upstreamEnvoy,
      POD_NAME: name,
      POD_NAMESPACE: namespace,
      GOMAXPROCS: '1',
      GOMEMLIMIT: '512MiB',
    },
  });
  return {
    ready: async () => (await httpStatus(`http://${address}:8080/ready`)) === 200,
    stop: () => process.stop('SIGTERM', 4000),
    kill: () => process.stop('SIGKILL'),
    ended: () => process.child.exitCode !== null || process.child.signalCode !== null,
  };
}

function withoutProviders(mesh: Record<string, unknown> | null): Record<string, unknown> {
  const { defaultProviders: _, ...rest } = mesh ?? {};
  return { ...rest, enableAutoMtls: false };
}
