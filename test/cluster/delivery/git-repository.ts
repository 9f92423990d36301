import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import type { Cluster } from '../cluster/cluster.js';
import type { KubeObject } from '../kube/objects.js';
import { objectPath } from '../kube/objects.js';
import { watchKind } from '../kube/watch.js';
import { type GitServer, git } from './git-server.js';

const kinds: readonly (readonly [kind: string, plural: string])[] = [
  ['GitRepository', 'gitrepositories'],
  ['OCIRepository', 'ocirepositories'],
  ['Bucket', 'buckets'],
  ['ExternalArtifact', 'externalartifacts'],
];

/**
 * The kinds of source.toolkit.fluxcd.io, as far as the kustomize-controller reads them.
 *
 * It watches all four, so all four must exist.
 */
export const sourceKinds: readonly KubeObject[] = kinds.map(([kind, plural]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.source.toolkit.fluxcd.io` },
  spec: {
    group: 'source.toolkit.fluxcd.io',
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}));

export interface SourceStandIn {
  /** Looks at the branch now, as after its interval or a webhook. */
  fetch(): Promise<void>;
  stop(): void;
}

/**
 * Stands in for source-controller, of which no version can be built from public modules.
 *
 * For every GitRepository it does what the real one does for `spec.ref.branch`: fetches the branch, packs the tree of
 * the commit as tar.gz, serves it over HTTP on loopback, and sets status.artifact (url, path, revision, digest, size,
 * lastUpdateTime), observedGeneration and the Ready condition. `spec.interval` is not waited for: it looks at every push
 * and every two seconds. It reads the repository from disk, whatever `spec.url` says of this harness' server.
 */
export async function startSourceStandIn(
  { kube, addresses, directory }: Cluster,
  gitServer: GitServer,
): Promise<SourceStandIn> {
  const folder = join(directory, 'artifacts');
  mkdirSync(folder, { recursive: true });
  const port = addresses.port('source');
  const server = createServer((request, response) => {
    const file = createReadStream(join(folder, basename(request.url ?? '')));
    file.on('error', () => response.writeHead(404).end());
    file.pipe(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const watch = watchKind(kube, '/apis/source.toolkit.fluxcd.io/v1/gitrepositories', () => void fetch());
  let under = Promise.resolve();

  async function pack(commit: string): Promise<{ digest: string; size: number }> {
    const file = join(folder, `${commit}.tar.gz`);
    await git(['archive', '--format=tar.gz', `--output=${file}`, commit], gitServer.repository);
    return {
      digest: `sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`,
      size: statSync(file).size,
    };
  }

  async function reconcile(source: KubeObject): Promise<void> {
    const branch = source.spec.ref?.branch ?? 'master';
    const commit = (await git(['rev-parse', `refs/heads/${branch}`], gitServer.repository)).trim();
    const revision = `${branch}@sha1:${commit}`;
    const { generation } = source.metadata;
    if (source.status?.artifact?.revision === revision && source.status.observedGeneration === generation) return;
    const { digest, size } = await pack(commit);
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const message = `stored artifact for revision '${revision}'`;
    await kube.mergePatch(`${objectPath(source)}/status`, {
      status: {
        observedGeneration: generation,
        artifact: {
          path: `${commit}.tar.gz`,
          url: `http://127.0.0.1:${port}/${commit}.tar.gz`,
          revision,
          digest,
          size,
          lastUpdateTime: now,
        },
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'Succeeded',
            message,
            lastTransitionTime: now,
            observedGeneration: generation,
          },
        ],
      },
    });
  }

  function fetch(): Promise<void> {
    under = under.then(async () => {
      for (const source of watch.items.values())
        await reconcile({ ...source, apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' }).catch(
          () => {},
        );
    });
    return under;
  }

  gitServer.onPush(() => void fetch());
  const timer = setInterval(() => void fetch(), 2000);
  return {
    fetch,
    stop() {
      clearInterval(timer);
      watch.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}
