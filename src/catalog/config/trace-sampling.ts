import * as z from 'zod';
import { configItem } from './item.js';

/** How many requests are traced (ProxyConfig.tracing.sampling). */
export const traceSampling = configItem({
  group: 'sidecar proxy',
  title: 'The share of requests that are traced.',
  cost: 'Each traced request costs a little at every hop and in the tracing backend, which you bring. It takes effect pod by pod, as they restart.',
  since: '1.9',
  settings: z.strictObject({
    percent: z.number().min(0).max(100).default(1).describe('0 traces only what a caller asks for'),
  }),
  parts: (_mesh, { percent }) => ({ meshConfig: { defaultConfig: { tracing: { sampling: percent } } } }),
});
