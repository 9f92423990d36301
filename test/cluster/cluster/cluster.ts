import { generateKeyPairSync } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secondsSince, until } from '../clock.js';
import { HarnessError } from '../errors.js';
import { createKube, type Kube } from '../kube/client.js';
import { type Addresses, addressesOf, assertPortsFree, egressSocket } from './addresses.js';
import { kwokConfig } from './kwok-config.js';
import { createProcesses, type Processes, type ProcessSpec } from './processes.js';

/** A booted control plane: etcd, API server, controller manager, scheduler, KWOK nodes. */
export interface Cluster {
  readonly directory: string;
  readonly addresses: Addresses;
  readonly processes: Processes;
  readonly kube: Kube;
  readonly kubeconfig: string;
  /** The path of a tool that was built for this run. */
  tool(name: string): string;
  /** Ends the API server and starts it again, as an upgrade of a control plane does. */
  restartApiServer(): Promise<void>;
  stop(): Promise<void>;
}

export interface BootOptions {
  /** Holds data, logs and credentials of this cluster. */
  readonly directory: string;
  /** Where the tools are. */
  readonly bin: string;
  readonly slot?: number;
  readonly say?: (line: string) => void;
}

const token = 'harness-admin';
/** The context of the kubeconfig. */
export const kubeContext = 'harness';

export async function bootCluster({ directory, bin, slot = 0, say = () => {} }: BootOptions): Promise<Cluster> {
  const addresses = addressesOf(slot);
  const start = Date.now();
  const processes = createProcesses(directory);
  await assertPortsFree(addresses);
  const tool = (name: string): string => join(bin, name);
  const specs = controlPlane(directory, tool, addresses);
  try {
    processes.start({ ...specs.etcd, foundation: true });
    processes.start({ ...specs.apiServer, foundation: true });
    const kubeconfig = join(directory, 'kubeconfig');
    const caFile = join(directory, 'certs', 'apiserver.crt');
    const port = addresses.port('api-server');
    const alive =
      <T>(look: () => Promise<T | undefined | false>) =>
      async (): Promise<T | undefined | false> => {
        processes.check();
        return look();
      };
    await until(
      'the API server to write its certificate',
      alive(async () => existsSync(caFile)),
      { timeout: 60 },
    );
    const kube = createKube({ host: '127.0.0.1', port, token, caFile });
    await until(
      'the API server',
      alive(async () => (await kube.get<string>('/readyz')) === 'ok'),
      { timeout: 90 },
    );
    writeFileSync(kubeconfig, kubeconfigText(port, caFile));
    for (const spec of [specs.controllerManager, specs.scheduler, specs.kwok]) processes.start(spec);
    await addNodes(kube, addresses);
    await until(
      'service accounts',
      alive(() => kube.find('/api/v1/namespaces/default/serviceaccounts/default')),
      { timeout: 60 },
    );
    await until(
      'ready nodes',
      alive(() => nodesReady(kube, addresses)),
      { timeout: 60 },
    );
    say(`control plane up in ${secondsSince(start)} s`);
    return {
      directory,
      addresses,
      processes,
      kube,
      kubeconfig,
      tool,
      async restartApiServer() {
        await processes.find('kube-apiserver')?.stop();
        processes.start({ ...specs.apiServer, foundation: true });
        await until('the API server again', async () => (await kube.get<string>('/readyz')) === 'ok', { timeout: 90 });
      },
      async stop() {
        kube.close();
        await processes.stopAll();
      },
    };
  } catch (error) {
    await processes.stopAll();
    throw error instanceof HarnessError
      ? error
      : new HarnessError('the control plane did not start', join(directory, 'logs'), { cause: error });
  }
}

type ControlPlane = Record<'etcd' | 'apiServer' | 'controllerManager' | 'scheduler' | 'kwok', ProcessSpec>;

function controlPlane(directory: string, tool: (name: string) => string, addresses: Addresses): ControlPlane {
  const file = (name: string): string => join(directory, name);
  const kubeconfig = file('kubeconfig');
  const etcd = `http://127.0.0.1:${addresses.port('etcd-client')}`;
  const etcdPeer = `http://127.0.0.1:${addresses.port('etcd-peer')}`;
  if (!existsSync(file('service-accounts.key'))) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(file('service-accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  }
  writeFileSync(file('tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  writeFileSync(file('kwok.yaml'), kwokConfig(addresses));
  writeFileSync(file('egress.json'), egressConfig(file(egressSocket)));
  const spec = (name: string, args: readonly string[]): ProcessSpec => ({ name, command: tool(name), args });
  return {
    etcd: spec('etcd', [
      `--data-dir=${file('etcd')}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=${etcdPeer}`,
      `--initial-advertise-peer-urls=${etcdPeer}`,
      `--initial-cluster=default=${etcdPeer}`,
    ]),
    apiServer: spec('kube-apiserver', [
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${addresses.port('api-server')}`,
      `--cert-dir=${file('certs')}`,
      `--token-auth-file=${file('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--allow-privileged',
      `--service-account-key-file=${file('service-accounts.key')}`,
      `--service-account-signing-key-file=${file('service-accounts.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-cluster-ip-range=${addresses.serviceRange}`,
      '--event-ttl=20m',
      '--profiling=false',
      // To pods at the addresses that they are played at: data-plane/service-proxy.ts answers there.
      `--egress-selector-config-file=${file('egress.json')}`,
    ]),
    controllerManager: spec('kube-controller-manager', [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
      `--service-account-private-key-file=${file('service-accounts.key')}`,
      `--root-ca-file=${file('certs/apiserver.crt')}`,
      // Probes and metrics of played pods start at once, so the autoscaler need not wait for them.
      '--horizontal-pod-autoscaler-sync-period=3s',
      '--horizontal-pod-autoscaler-cpu-initialization-period=1s',
      '--horizontal-pod-autoscaler-initial-readiness-delay=1s',
    ]),
    scheduler: spec('kube-scheduler', [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--secure-port=0',
      '--kube-api-qps=200',
      '--kube-api-burst=400',
    ]),
    kwok: spec('kwok', [
      `--kubeconfig=${kubeconfig}`,
      `--config=${file('kwok.yaml')}`,
      `--server-address=127.0.0.1:${addresses.port('kwok')}`,
    ]),
  };
}

/** All ways of the API server into the cluster (webhooks, aggregated APIs, proxies to pods) go by this socket. */
function egressConfig(udsName: string): string {
  const connection = { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName } } };
  return JSON.stringify({
    apiVersion: 'apiserver.k8s.io/v1beta1',
    kind: 'EgressSelectorConfiguration',
    egressSelections: [{ name: 'cluster', connection }],
  });
}

async function addNodes(kube: Kube, { nodes }: Addresses): Promise<void> {
  for (const { name, podRange, zone } of nodes) {
    const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'topology.kubernetes.io/zone': zone };
    await kube.apply({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels },
      spec: { podCIDR: podRange, podCIDRs: [podRange] },
    });
  }
}

async function nodesReady(kube: Kube, { nodes }: Addresses): Promise<boolean> {
  const found = await kube.list<{ status: { conditions?: { type: string; status: string }[] } }>('/api/v1/nodes');
  const ready = found.filter(({ status }) =>
    status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
  );
  return ready.length >= nodes.length;
}

function kubeconfigText(port: number, caFile: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'harness', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': caFile } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: kubeContext, context: { cluster: 'harness', user: 'admin' } }],
    'current-context': kubeContext,
  });
}
