import { writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { watchReport } from '../../src/cluster/watch-report.js';
import { watchTraffic } from '../../src/cluster/watch-traffic.js';
import { aMesh } from '../support/a-mesh.js';
import { inScratch } from '../support/a-repository.js';

/** What a real API server sends is in test/cluster/scenarios/watch-against-the-real-thing; here is what one says that has nothing of ours. */
class EmptyCluster {
  down = false;
  readonly #watches = new Set<ServerResponse>();
  readonly #server: Server = createServer(({ url = '' }, response) => {
    if (this.down) return response.writeHead(503).end();
    if (url.includes('/applications')) return response.writeHead(403).end();
    if (!url.includes('watch=1')) return response.end('{"metadata":{"resourceVersion":"1"},"items":[]}');
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

const cluster = new EmptyCluster();
afterEach(() => {
  vi.unstubAllEnvs();
  cluster.close();
});

it('says of a cluster without our Services that nothing served, that the engine cannot be followed, and sees again after a break', () =>
  inScratch(async (folder) => {
    const file = join(folder, 'kubeconfig');
    const server = await cluster.start();
    const contexts = [{ name: 'here', context: { cluster: 'it', user: '' } }];
    writeFileSync(file, JSON.stringify({ clusters: [{ name: 'it', cluster: { server } }], users: [], contexts }));
    vi.stubEnv('KUBECONFIG', file);
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
