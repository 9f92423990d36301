import * as z from 'zod';
import { envoyFilter } from '../envoy-filter.js';
import { configItem } from './item.js';

const tokens = z.int().min(1).max(4_294_967_295);

/** Envoy's local rate limit: a bucket of tokens in each pod (istio.io/docs/tasks/policy-enforcement/rate-limit). */
export const localRateLimit = configItem({
  group: 'by label',
  title: 'Pods with the label istio-rate-limit: "enabled" answer 429 above a rate, each pod counting for itself.',
  cost: 'The rate of a workload grows with its pods, and what is above it is refused. It takes effect at once.',
  since: '1.9',
  settings: z.strictObject({
    requests: tokens.default(100).describe('How many requests a pod answers in each interval'),
    burst: tokens.default(200).describe('How many at most at once, after a quiet time'),
    intervalSeconds: z.int().min(1).max(3600).default(1).describe('The interval'),
  }),
  unfit: (_mesh, { requests, burst }) => (burst < requests ? 'burst is below requests' : undefined),
  parts: (_mesh, { requests, burst, intervalSeconds }) => ({
    copies: (live) => [
      envoyFilter(
        'local-rate-limit',
        'mesh',
        live,
        { 'istio-rate-limit': 'enabled' },
        { requests, burst, interval: `${intervalSeconds}s` },
      ),
    ],
  }),
});
