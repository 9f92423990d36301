import * as z from 'zod';
import { configItem } from './item.js';

/** Addresses for ServiceEntries that have none (istio.io/docs/ops/configuration/traffic-management/dns-proxy). */
export const dnsAutoAllocate = configItem({
  group: 'sidecar proxy',
  title: 'A ServiceEntry without an address gets one by DNS, so that TCP services on one port are told apart.',
  cost: 'It takes effect pod by pod, as they restart. From Istio 1.25 on istiod does it by itself, and warns of this; take it away when no older revision is left. (Capture of DNS is on in every mesh.)',
  since: '1.9',
  settings: z.strictObject({}),
  parts: () => ({ meshConfig: { defaultConfig: { proxyMetadata: { ISTIO_META_DNS_AUTO_ALLOCATE: 'true' } } } }),
});
