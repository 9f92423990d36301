import * as z from 'zod';
import { envoyFilter } from '../envoy-filter.js';
import { configItem } from './item.js';

/** Envoy's VirtualHost.include_attempt_count_in_response. */
export const retryHeaders = configItem({
  group: 'by label',
  title:
    'Pods with the label istio-retry-headers: "enabled" see in each answer how often it was tried: x-envoy-attempt-count.',
  cost: 'One more header in each answer that such a pod gets. It takes effect at once.',
  since: '1.9',
  settings: z.strictObject({}),
  parts: () => ({
    copies: (live) => [envoyFilter('retry-headers', 'mesh', live, { 'istio-retry-headers': 'enabled' })],
  }),
});
