import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { KindName, MetadataOnly, Snapshot } from '../../src/cluster/snapshot.js';

/** What is asked for, by the last part of its path. */
const kinds: Readonly<Record<string, KindName>> = {
  namespaces: 'namespaces',
  pods: 'pods',
  deployments: 'deployments',
  services: 'services',
  endpointslices: 'endpointSlices',
  horizontalpodautoscalers: 'autoscalers',
  mutatingwebhookconfigurations: 'tags',
  kustomizations: 'engine',
};

/** An API server that answers what a real one was recorded to answer, and its kubeconfig with the context `here`. */
export async function replay(folder: string, snapshot: Snapshot): Promise<{ kubeconfig: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://here').pathname;
    const namespace = /\/namespaces\/([^/]+)\/[^/]+$/.exec(path)?.[1];
    const list = snapshot.lists[kinds[path.split('/').at(-1) ?? ''] ?? 'definitions'];
    if (list === undefined || !('items' in list)) return response.writeHead(404).end('{}');
    const objects = list.items as readonly MetadataOnly[];
    const items = objects.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
    return response.writeHead(200).end(JSON.stringify({ items, metadata: {} }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'it', cluster }],
      users: [{ name: 'me', user: {} }],
      contexts: [{ name: 'here', context: { cluster: 'it', user: 'me' } }],
    }),
  );
  return { kubeconfig, server };
}
