import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cluster } from '../cluster/cluster.js';
import type { KubeObject } from '../kube/objects.js';
import type { Player } from './player.js';

/**
 * Runs a Job's pod: its command is executed with the local kubectl and the token of its own ServiceAccount, so that a
 * missing permission shows as it would in a cluster.
 */
export async function playJob({ kube, kubeconfig, tool, directory }: Cluster, pod: KubeObject): Promise<Player> {
  const { name, namespace = '' } = pod.metadata;
  const { command = [], args = [], env = [] } = pod.spec.containers[0];
  const home = join(directory, 'pods', name);
  mkdirSync(home, { recursive: true });
  const account = pod.spec.serviceAccountName ?? 'default';
  const { status } = await kube.request<{ status: { token: string } }>(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600 },
    },
  );
  const accountConfig = join(home, 'kubeconfig');
  const config = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  config.users[0].user.token = status.token;
  config.contexts[0].context.namespace = namespace;
  writeFileSync(accountConfig, JSON.stringify(config), { mode: 0o600 });
  const words: readonly string[] = command.length > 0 ? [...command, ...args] : ['kubectl', ...args];
  const log = createWriteStream(join(home, 'log'), { flags: 'a' });
  const given = Object.fromEntries(
    (env as { name: string; value?: string }[]).map(({ name: key, value }) => [key, value ?? '']),
  );
  const child = spawn(words[0] ?? '', words.slice(1), {
    env: {
      ...given,
      PATH: `${dirname(tool('kubectl'))}:${process.env.PATH ?? ''}`,
      HOME: home,
      KUBECONFIG: accountConfig,
    },
    detached: true,
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const finished = new Promise<'Succeeded' | 'Failed'>((resolve) => {
    child.once('error', () => resolve('Failed'));
    child.once('exit', (code) => resolve(code === 0 ? 'Succeeded' : 'Failed'));
  });
  const end = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null) {
      try {
        process.kill(-child.pid, 'SIGTERM');
      } catch {
        // It ended in between.
      }
    }
  };
  return { ready: async () => true, stop: end, kill: end, finished };
}
