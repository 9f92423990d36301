import type { Client } from './client.js';
import type { Istiod, Listed, MetadataOnly, Unknown } from './snapshot.js';
import { Unread } from './unread.js';

/** Where istiod serves its metrics, in plain text to everybody (istio.io/docs/ops/deployment/application-requirements). */
const port = 15014;
/** "Number of endpoints connected to this pilot using XDS", one line a version of proxies (istio/istio pilot/pkg/xds/monitoring.go). */
const connected = /^pilot_xds(?:\{[^}]*\})? (\d\S*)$/gm;

/**
 * Asks every istiod how many proxies it serves, by way of the API server: that needs the right to get pods/proxy, and a way
 * from the API server to the pods. Never throws: an istiod that is not reached says why.
 */
export async function readIstiods(
  client: Client,
  pods: Listed<MetadataOnly>,
  namespaces: readonly string[],
): Promise<Listed<Istiod>> {
  if ('unknown' in pods) return pods;
  const istiods = pods.items.filter(
    ({ metadata: { namespace = '', labels } }) => labels?.['app'] === 'istiod' && namespaces.includes(namespace),
  );
  return {
    items: await Promise.all(istiods.map(async ({ metadata }) => ({ metadata, proxies: await ask(client, metadata) }))),
  };
}

async function ask(client: Client, { namespace, name }: MetadataOnly['metadata']): Promise<number | Unknown> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}:${port}/proxy/metrics`;
  const kubectl = `kubectl --context ${client.context}`;
  const notSaid = (because: string): Unknown => ({
    reason: 'failed',
    message: `Istiods in context ${client.context} do not say how many proxies they serve: ${because}.`,
    fix: `${kubectl} get --raw ${path}`,
    kinds: ['pods/proxy'],
    detail: because,
  });
  try {
    const text = await client.text(path, 'pods/proxy', 'text/plain');
    // An istiod that never had a proxy has no such line; what is no istiod has none of the others either.
    if (!/^pilot_/m.test(text)) return notSaid('the answer has no metrics of istiod');
    return [...text.matchAll(connected)].reduce((sum, [, proxies]) => sum + Number(proxies), 0);
  } catch (error) {
    if (!(error instanceof Unread)) throw error;
    const { reason } = error.unknown;
    if (reason !== 'forbidden')
      return notSaid(`port ${port} of their pods ${reason === 'timeout' ? 'gives no answer' : 'is not reached'}`);
    return {
      reason,
      message: `You may not get pods/proxy in context ${client.context}: no istiod was asked how many proxies it serves.`,
      fix: `${kubectl} -n ${namespace} auth can-i get pods --subresource=proxy`,
      kinds: ['pods/proxy'],
      detail: '',
    };
  }
}
