import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../clock.js';
import type { Cluster } from '../cluster/cluster.js';
import type { KubeObject } from '../kube/objects.js';
import { type Engine, untilSynced } from './engine.js';
import type { GitServer } from './git-server.js';

const run = promisify(execFile);
const applications = '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications';
const refreshAnnotation = 'argocd.argoproj.io/refresh';

const crdFiles = ['application-crd.yaml', 'applicationset-crd.yaml', 'appproject-crd.yaml'];

export interface ArgoCdOptions {
  readonly cluster: Cluster;
  readonly gitServer: GitServer;
  /** The folder of Argo CD's module: its CRDs and shell wrappers. */
  readonly source: string;
  /** The name of the cluster in the repository. */
  readonly clusterName: string;
}

/** Real Argo CD (application controller, repo server, Redis) outside of the cluster, with the settings of its own manifests. */
export function createArgoCd({ cluster, gitServer, source, clusterName }: ArgoCdOptions): Engine {
  const { processes, kube, addresses, directory, tool } = cluster;
  const home = join(directory, 'argo-cd');
  const root = `${applications}/istio-${clusterName}`;
  const names = ['redis', 'argocd-repo-server', 'argocd-application-controller'];
  gitServer.onPush(() => void refresh('normal').catch(() => {}));

  async function kubectl(args: readonly string[]): Promise<void> {
    await run(tool('kubectl'), [...args], { env: { KUBECONFIG: cluster.kubeconfig, HOME: home } });
  }

  async function prepare(): Promise<void> {
    prepareFolders(home, source, tool('kustomize'), tool('helm'));
    const crds = join(source, 'manifests', 'crds');
    await kubectl(['apply', '--server-side', ...crdFiles.flatMap((file) => ['-f', join(crds, file)])]);
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });
    await kubectl(['apply', '--server-side', '-n', 'argocd', '-k', join(source, 'manifests', 'base', 'config')]);
    for (const object of installation())
      await until(`Argo CD's ${object.kind}`, () => kube.apply(object), { timeout: 90 });
    await until('the CRDs of Argo CD', async () => (await kube.list(applications)).length >= 0, { timeout: 90 });
  }

  async function start(): Promise<void> {
    if (!existsSync(home)) await prepare();
    const redis = `127.0.0.1:${addresses.port('redis')}`;
    const repoServer = `127.0.0.1:${addresses.port('repo-server')}`;
    const env = {
      PATH: `${join(home, 'bin')}:${process.env.PATH ?? ''}`,
      HOME: home,
      TMPDIR: join(home, 'tmp'),
      KUBECONFIG: cluster.kubeconfig,
      ARGOCD_FAKE_IN_CLUSTER: 'true',
      ARGOCD_TLS_DATA_PATH: join(home, 'tls'),
      ARGOCD_SSH_DATA_PATH: join(home, 'ssh'),
      ARGOCD_GNUPGHOME: join(home, 'gpg'),
      ARGOCD_PLUGINSOCKFILEPATH: join(home, 'plugins'),
      ARGOCD_GPG_ENABLED: 'false',
      ARGOCD_SYNC_WAVE_DELAY: '1',
      HOSTNAME: 'argocd-application-controller-0',
    };
    processes.start({
      name: 'redis',
      command: tool('redis-server'),
      args: ['--bind', '127.0.0.1', '--port', String(addresses.port('redis')), '--save', '', '--appendonly', 'no'],
    });
    processes.start({
      name: 'argocd-repo-server',
      command: tool('argocd'),
      args: [
        '--disable-tls',
        '--client-ca-path=',
        '--port',
        String(addresses.port('repo-server')),
        '--metrics-port',
        String(addresses.port('repo-server-metrics')),
        '--address',
        '127.0.0.1',
        '--metrics-address',
        '127.0.0.1',
        '--redis',
        redis,
        '--loglevel',
        'warn',
      ],
      env: { ...env, ARGOCD_BINARY_NAME: 'argocd-repo-server' },
    });
    processes.start({
      name: 'argocd-application-controller',
      command: tool('argocd'),
      args: [
        '--namespace',
        'argocd',
        '--repo-server',
        repoServer,
        '--repo-server-plaintext',
        '--redis',
        redis,
        '--app-resync',
        '10',
        '--app-resync-jitter',
        '0',
        '--self-heal-timeout-seconds',
        '1',
        '--metrics-port',
        String(addresses.port('argo-cd-metrics')),
        '--loglevel',
        'info',
      ],
      env: { ...env, ARGOCD_BINARY_NAME: 'argocd-application-controller' },
    });
  }

  async function refresh(kind: 'normal' | 'hard'): Promise<void> {
    for (const { metadata } of await kube.list(applications)) {
      await kube.mergePatch(`${applications}/${metadata.name}`, {
        metadata: { annotations: { [refreshAnnotation]: kind } },
      });
    }
  }

  async function state(commit: string): Promise<'synced' | { reason: string }> {
    processes.check();
    const application = await kube.find(root);
    if (application === undefined) return { reason: `there is no Application istio-${clusterName}` };
    const reason = whyNot(application, commit);
    return reason === undefined ? 'synced' : { reason };
  }

  return {
    name: 'argo-cd',
    start,
    state,
    async refresh() {
      await refresh('hard');
      const pending = async (): Promise<KubeObject[]> =>
        (await kube.list(applications)).filter(
          ({ metadata }) => metadata.annotations?.[refreshAnnotation] !== undefined,
        );
      await until('Argo CD to have looked again', async () => (await pending()).length === 0, { timeout: 60 });
    },
    async lastActed() {
      const found = await kube.list(applications);
      return found.map(({ metadata, status }) => `${metadata.name} ${status?.operationState?.startedAt}`).join(', ');
    },
    close: () => {},
    async handOver(repository) {
      const folder = join(repository, 'delivery', 'argo-cd');
      // What the repository tells a person to type: first the health checks that Argo CD lacks, then the Application.
      const settings = join(folder, 'argocd-cm.yaml');
      if (existsSync(settings)) await kubectl(['apply', '--server-side', '--field-manager=istio-prod', '-f', settings]);
      await kubectl(['apply', '-f', join(folder, `${clusterName}.yaml`)]);
    },
    synced: (commit, timeout = 240) =>
      untilSynced(`Argo CD to be Synced and Healthy at ${commit.slice(0, 8)}`, () => state(commit), timeout),
    async kill() {
      await Promise.all(names.map((name) => processes.find(name)?.stop('SIGKILL')));
    },
  };
}

/** Undefined when the Application is Synced at this commit, Healthy, and its last operation succeeded. */
function whyNot({ metadata, status }: KubeObject, commit: string): string | undefined {
  const { sync, health, operationState } = status ?? {};
  if (metadata.annotations?.[refreshAnnotation] !== undefined) return 'a refresh is under way';
  if (sync?.revision !== commit) return `compared with ${String(sync?.revision).slice(0, 8)}`;
  if (sync.status !== 'Synced' || health?.status !== 'Healthy' || operationState?.phase !== 'Succeeded') {
    return `${sync.status}, ${health?.status}, ${operationState?.phase}: ${operationState?.message ?? ''}`;
  }
  // The last operation may be of an earlier commit: one that changes no object of the cluster starts none.
  return undefined;
}

function prepareFolders(home: string, source: string, kustomize: string, helm: string): void {
  for (const folder of ['bin', 'tmp', 'tls', 'ssh', 'gpg', 'plugins'])
    mkdirSync(join(home, folder), { recursive: true });
  // The repo server calls these for every commit, with or without signatures to check.
  for (const script of ['git-verify-wrapper.sh', 'gpg-wrapper.sh']) {
    copyFileSync(join(source, 'hack', script), join(home, 'bin', script));
    chmodSync(join(home, 'bin', script), 0o755);
  }
  symlinkSync(kustomize, join(home, 'bin', 'kustomize'));
  symlinkSync(helm, join(home, 'bin', 'helm'));
}

/** The default project, which argocd-server makes in a real installation, and the signing key. */
function installation(): KubeObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-secret', namespace: 'argocd', labels: { 'app.kubernetes.io/part-of': 'argocd' } },
      stringData: { 'server.secretkey': randomBytes(24).toString('base64') },
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'default', namespace: 'argocd' },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
  ];
}
