import * as z from 'zod';
import { envoyFilter } from '../envoy-filter.js';
import { configItem } from './item.js';

/** Envoy's compressor (envoyproxy.io, envoy.extensions.filters.http.compressor.v3). */
export const gzip = configItem({
  group: 'by label',
  title: 'Pods with the label istio-gzip: "enabled" compress what they answer, where the caller accepts it.',
  cost: 'CPU of the sidecar for less traffic. It takes effect at once.',
  since: '1.9',
  settings: z.strictObject({}),
  parts: () => ({ copies: (live) => [envoyFilter('gzip', 'mesh', live, { 'istio-gzip': 'enabled' })] }),
});
