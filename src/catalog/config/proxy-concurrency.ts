import * as z from 'zod';
import { configItem } from './item.js';

/** Worker threads of a proxy (ProxyConfig.concurrency). */
export const proxyConcurrency = configItem({
  group: 'sidecar proxy',
  title: 'The number of worker threads of every proxy, equal in every version.',
  cost: 'It takes effect pod by pod, as they restart, and gateways take it as well. Without it, sidecars have 2 before Istio 1.18 and as many as their CPU limit allows from 1.18 on.',
  since: '1.9',
  settings: z.strictObject({
    threads: z.int().min(0).max(64).default(2).describe('0 takes all cores of the node'),
  }),
  parts: (_mesh, { threads }) => ({ meshConfig: { defaultConfig: { concurrency: threads } } }),
});
