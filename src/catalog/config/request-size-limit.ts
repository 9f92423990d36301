import * as z from 'zod';
import { envoyFilter } from '../envoy-filter.js';
import { configItem } from './item.js';

/** Envoy's buffer filter (envoyproxy.io, envoy.extensions.filters.http.buffer.v3). */
export const requestSizeLimit = configItem({
  group: 'by label',
  title: 'Pods with the label istio-request-size-limit: "enabled" refuse requests that are too big, with 413.',
  cost: 'Each request is held in memory until it is whole, so nothing that streams may carry the label. It takes effect at once.',
  since: '1.9',
  settings: z.strictObject({
    maxBytes: z.int().min(1).max(4_294_967_295).default(10_485_760).describe('The biggest body that passes'),
  }),
  parts: (_mesh, { maxBytes }) => ({
    copies: (live) => [
      envoyFilter('request-size-limit', 'mesh', live, { 'istio-request-size-limit': 'enabled' }, { maxBytes }),
    ],
  }),
});
