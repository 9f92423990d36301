import * as z from 'zod';
import { gatewayKinds } from '../kinds.js';
import { configItem } from './item.js';

const duration = z.string().regex(/^[1-9]\d*(ms|s)$/, 'is no duration, such as 500ms or 10s');

/** How istiod bundles what it sends (istio/istio pilot/pkg/features: the names are the same in every version). */
export const pushTuning = configItem({
  group: 'service discovery',
  title: 'istiod waits for changes to calm down before it sends them, so that a busy cluster costs less CPU.',
  cost: 'A change reaches the proxies later by that time. The control planes roll, pod by pod.',
  since: '1.9',
  settings: z.strictObject({
    debounceAfter: duration.default('500ms').describe('How long nothing must change before it sends; Istio has 100ms'),
    debounceMax: duration.default('10s').describe('How long it waits at most'),
    gatewayClusters: z
      .enum(['all', 'referenced'])
      .default('all')
      .describe('referenced: gateways get only the services that their routes name'),
  }),
  unfit: (mesh, { gatewayClusters }) =>
    gatewayClusters === 'referenced' &&
    Object.values(mesh.gateways).some(({ kind }) => gatewayKinds[kind].crossesNetworks)
      ? 'gatewayClusters: referenced does not go with a gateway between networks, which routes by SNI'
      : undefined,
  parts: (_mesh, { debounceAfter, debounceMax, gatewayClusters }) => ({
    values: {
      pilot: {
        env: {
          PILOT_DEBOUNCE_AFTER: debounceAfter,
          PILOT_DEBOUNCE_MAX: debounceMax,
          PILOT_FILTER_GATEWAY_CLUSTER_CONFIG: String(gatewayClusters === 'referenced'),
        },
      },
    },
  }),
});
