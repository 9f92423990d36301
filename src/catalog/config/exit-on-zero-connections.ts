import * as z from 'zod';
import { configItem } from './item.js';

/** The agent's own way to end (istio/istio pilot/cmd/pilot-agent/options, from 1.12). */
export const exitOnZeroConnections = configItem({
  group: 'sidecar proxy',
  title: 'A proxy that ends waits until its last connection is gone, and not longer.',
  cost: 'A pod whose clients keep connections open takes its whole terminationGracePeriodSeconds to end. It takes effect pod by pod, as they restart; injected gateways take it as well.',
  since: '1.12',
  instead: 'Take proxy-drain, which waits for a fixed time',
  excludes: ['proxy-drain'],
  settings: z.strictObject({
    minimumSeconds: z.int().min(1).max(25).default(5).describe('How long it waits at least'),
  }),
  parts: (_mesh, { minimumSeconds }) => ({
    meshConfig: {
      defaultConfig: {
        proxyMetadata: {
          EXIT_ON_ZERO_ACTIVE_CONNECTIONS: 'true',
          MINIMUM_DRAIN_DURATION: `${minimumSeconds}s`,
        },
      },
    },
  }),
});
