import * as z from 'zod';
import { configItem } from './item.js';

/**
 * How long a sidecar finishes requests after its pod was told to end.
 *
 * The two durations are equal, so that the proxy does not exit while its listeners still drain. Istio before 1.17 refuses a
 * drain that is not shorter than its parentShutdownDuration, 60 s.
 */
export const proxyDrain = configItem({
  group: 'sidecar proxy',
  title: 'How long a sidecar goes on with open requests when its pod ends: drain and shutdown agree.',
  cost: 'Each pod takes that much longer to end, and its terminationGracePeriodSeconds (30 where nobody sets it) must be longer. It takes effect pod by pod, as they restart; the gateways have 30 s of their own.',
  since: '1.9',
  excludes: ['exit-on-zero-connections'],
  settings: z.strictObject({
    seconds: z.int().min(1).max(55).default(20).describe('Shorter than terminationGracePeriodSeconds of the pods'),
  }),
  parts: (_mesh, { seconds }) => ({
    meshConfig: { defaultConfig: { drainDuration: `${seconds}s`, terminationDrainDuration: `${seconds}s` } },
  }),
});
