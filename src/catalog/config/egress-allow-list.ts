import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { istioApi } from '../istio-api.js';
import { configItem } from './item.js';

/** From ALLOW_ANY to REGISTRY_ONLY (istio.io/docs/tasks/traffic-management/egress/egress-control). */
export const egressAllowList = configItem({
  group: 'security',
  title: 'The way to a list of outside hosts that may be called: one namespace after the other, the whole mesh last.',
  cost: 'Nothing as long as mode is ALLOW_ANY: docs/examples then shows one namespace that has its list. With REGISTRY_ONLY, a call to a host that no ServiceEntry names is refused in the whole mesh.',
  since: '1.9',
  disrupts: (before, after) =>
    after?.mode === 'REGISTRY_ONLY' && before?.mode !== 'REGISTRY_ONLY'
      ? 'calls to outside hosts that no ServiceEntry names are refused'
      : undefined,
  settings: z.strictObject({
    mode: z
      .enum(['ALLOW_ANY', 'REGISTRY_ONLY'])
      .default('ALLOW_ANY')
      .describe('REGISTRY_ONLY when every namespace has its list'),
  }),
  parts: (mesh, { mode }) => ({
    meshConfig: { outboundTrafficPolicy: { mode } },
    examples: [
      fromTemplate('egress-allow-list.yaml', 'seeded', 'templates/config/egress-allow-list/example.yaml', {
        networking: istioApi(mesh, 'networking.istio.io'),
      }),
    ],
  }),
});
