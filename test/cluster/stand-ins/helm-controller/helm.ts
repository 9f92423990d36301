import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import type { Cluster } from '../../cluster/cluster.js';
import type { KubeObject } from '../../kube/objects.js';

const run = promisify(execFile);

/** One release, as a HelmRelease describes it. */
export interface ReleaseSpec {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  readonly repository: string;
  readonly values: object;
  /** A Go duration, such as `5m`. */
  readonly timeout: string;
}

/** The real Helm. */
export interface Helm {
  /** Installs or upgrades, waits until all is ready, and undoes what it did when that fails. */
  upgrade(release: ReleaseSpec): Promise<void>;
  uninstall(name: string, namespace: string, timeout: string): Promise<void>;
  /** What the release brought, with the metadata that Helm adds to it. */
  objects(name: string, namespace: string): Promise<readonly KubeObject[]>;
}

export function createHelm({ tool, directory, kubeconfig }: Cluster): Helm {
  const home = join(directory, 'helm');
  mkdirSync(home, { recursive: true });

  async function helm(...args: readonly string[]): Promise<string> {
    const env = { HOME: home, PATH: process.env.PATH, KUBECONFIG: kubeconfig };
    const { stdout } = await run(tool('helm'), [...args], { env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  return {
    async upgrade({ name, namespace, chart, version, repository, values, timeout }) {
      const file = join(home, `${namespace}.${name}.yaml`);
      writeFileSync(file, stringify(values));
      const source = ['--repo', repository, '--version', version];
      const options = ['--values', file, '--atomic', '--wait-for-jobs', '--timeout', timeout, '--take-ownership'];
      await helm('upgrade', name, chart, '--install', '--namespace', namespace, ...source, ...options);
    },
    async uninstall(name, namespace, timeout) {
      await helm('uninstall', name, '--namespace', namespace, '--ignore-not-found', '--wait', '--timeout', timeout);
    },
    async objects(name, namespace) {
      const manifest = await helm('get', 'manifest', name, '--namespace', namespace);
      return parseAllDocuments(manifest)
        .map((document) => document.toJS({ maxAliasCount: -1 }) as KubeObject | null)
        .filter((object): object is KubeObject => object?.kind !== undefined)
        .map((object) => ownedBy(object, name, namespace));
    },
  };
}

const clusterScoped = /^(ClusterRole|ClusterRoleBinding|CustomResourceDefinition|Namespace|.*WebhookConfiguration)$/;

function ownedBy(object: KubeObject, name: string, namespace: string): KubeObject {
  const { metadata, kind = '' } = object;
  const owner = { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace };
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(clusterScoped.test(kind) ? {} : { namespace: metadata.namespace ?? namespace }),
      labels: { ...metadata.labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { ...metadata.annotations, ...owner },
    },
  };
}
