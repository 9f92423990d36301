import { until } from '../clock.js';
import { playedAt } from '../cluster/addresses.js';
import { appHost } from '../data-plane/app.js';
import { expect } from '../errors.js';
import type { KubeObject } from '../kube/objects.js';
import type { Lab } from '../lab.js';
import { type Load, startLoad } from './load.js';

/** Asks the entry Service of the ingress gateway so many times a second, as soon as every gateway behind it answers. */
export async function startRequests({ watcher, cluster }: Lab, perSecond: number): Promise<Load> {
  const entry = watcher
    .timelines()
    .map(({ service: name }) => name)
    .find((name) => name.endsWith('/istio-ingressgateway'));
  expect(entry !== undefined, 'there must be an entry Service istio-ingressgateway');
  const service = await cluster.kube.get(`/api/v1/namespaces/${entry.replace('/', '/services/')}`);
  const target = { ...wayIn(service, cluster.addresses.nodeAddress), authority: appHost };
  const probe = startLoad({ ...target, keepAliveConnections: 1, keepAlivePerSecond: 0, newPerSecond: 40, limit: 5000 });
  // Istio resources of the application reach a new gateway some moments after it is ready: each must have them.
  let calm = probe.now();
  const answersOnly = (): boolean => {
    const now = probe.now();
    if (now.lost > calm.lost) calm = now;
    return now.answered - calm.answered >= 40;
  };
  await until('every gateway to answer', answersOnly, { timeout: 60 });
  await probe.stop();
  const half = perSecond / 2;
  return startLoad({
    ...target,
    // Enough of them for a machine that is busy: one that waits for its answer holds up what is behind it.
    keepAliveConnections: 24,
    keepAlivePerSecond: half,
    newPerSecond: half,
    limit: 1_000_000,
  });
}

/** The way of traffic from outside: a node port where the Service is made of these, else the Service's own address. */
function wayIn({ spec }: KubeObject, nodeAddress: string): { host: string; port: number } {
  const { nodePort } = spec.ports.find(({ port }: { port: number }) => port === 80) ?? {};
  return spec.type === 'NodePort'
    ? { host: playedAt(nodeAddress), port: nodePort }
    : { host: spec.clusterIP, port: 80 };
}
