import { writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { watchReport } from '../../src/cluster/watch-report.js';
import { watchTraffic } from '../../src/cluster/watch-traffic.js';
import { aMesh } from '../support/a-mesh.js';
import { inScratch } from '../support/a-repository.js';
import { app, command } from '../support/commands.js';

/** What a real API server sends is in test/cluster/scenarios/watch-against-the-real-thing; here is what one says that has nothing of ours. */
class EmptyCluster {
  down = false;
  /** Milliseconds. */
  slow = 0;
  readonly #watches = new Set<ServerResponse>();
  readonly #server: Server = createServer(({ url = '' }, response) => {
    if (this.down) return response.writeHead(503).end();
    if (url.includes('/applications')) return response.writeHead(403).end();
    const list = '{"metadata":{"resourceVersion":"1"},"items":[]}';
    // A look asks for pages; the lists that a watch begins with may be slow.
    if (!url.includes('watch=1')) return setTimeout(() => response.end(list), url.includes('limit=') ? 0 : this.slow);
    this.#watches.add(response.writeHead(200));
    return response.flushHeaders();
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get watches(): number {
    return this.#watches.size;
  }

  /** Breaks every connection. */
  break(): void {
    for (const response of this.#watches) response.destroy();
    this.#watches.clear();
  }

  close(): void {
    this.break();
    this.#server.close();
  }
}

let cluster = new EmptyCluster();

/** Starts the cluster, and makes it the context `here`. */
async function lookedAt(folder: string): Promise<void> {
  const file = join(folder, 'kubeconfig');
  const server = await cluster.start();
  const contexts = [{ name: 'here', context: { cluster: 'it', user: '' } }];
  writeFileSync(file, JSON.stringify({ clusters: [{ name: 'it', cluster: { server } }], users: [], contexts }));
  vi.stubEnv('KUBECONFIG', file);
}

afterEach(() => {
  vi.unstubAllEnvs();
  cluster.close();
  cluster = new EmptyCluster();
});

it('says of a cluster without our Services that nothing served, that the engine cannot be followed, and sees again after a break', () =>
  inScratch(async (folder) => {
    await lookedAt(folder);
    const end = new AbortController();
    const mesh = aMesh({ gateways: ['ingress', 'egress'], gatewayNamespaces: 'dedicated' });
    const traffic = await watchTraffic('here', mesh, 'production', () => {}, end.signal);
    const seen = { context: 'here', cluster: 'production', from: 0, to: Date.now(), probe: null };
    const report = () => watchReport({ ...seen, ...traffic, timelines: traffic.timelines() });
    expect(report()).toMatchObject({
      lost: true,
      sentences: [
        'Entry Service istio-ingress/istio-ingressgateway: never had a ready endpoint.',
        'Entry Service istio-egress/istio-egressgateway: never had a ready endpoint.',
      ],
      marks: [{ text: 'argo-cd is not followed: You may not list applications.argoproj.io in context here.' }],
    });

    await vi.waitFor(() => expect(cluster.watches, 'three kinds in two namespaces').toBe(6));
    cluster.down = true;
    cluster.break();
    await vi.waitFor(() => expect(traffic.blind).toHaveLength(6), { timeout: 5000 });
    cluster.down = false;
    await vi.waitFor(() => expect(cluster.watches).toBe(6), { timeout: 5000 });
    expect(
      traffic.blind.filter(({ to }) => to === undefined),
      'none lasts',
    ).toStrictEqual([]);
    end.abort();
  }));

it('ends in time, also where that is over before there is anything to see', () =>
  inScratch(async (folder) => {
    await lookedAt(folder);
    await app(join(folder, 'mesh'), { 'istio-version': '1.9.5' });
    cluster.slow = 1300;
    const { exitCode, text } = await command('watch', join(folder, 'mesh'), {
      context: 'here',
      for: '1s',
      'dry-run': true,
    });
    expect(text).toContain('never had a ready endpoint');
    expect(exitCode).toBe(1);
  }));

it('says before it watches that its report cannot be written', () =>
  inScratch(async (folder) => {
    await lookedAt(folder);
    await app(join(folder, 'mesh'), { 'istio-version': '1.9.5' });
    const report = join(folder, 'kubeconfig/report');
    const { exitCode, text } = await command('watch', join(folder, 'mesh'), { context: 'here', for: '24h', report });
    expect(exitCode).toBe(2);
    expect(text).toContain(`Could not write to ${report}: ENOTDIR`);
  }));
