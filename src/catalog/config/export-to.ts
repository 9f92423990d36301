import * as z from 'zod';
import { configItem } from './item.js';

const visibility = z.enum(['*', '.']).default('*');

/** Who sees services and routes that do not say so themselves (meshConfig.default…ExportTo). */
export const exportTo = configItem({
  group: 'service discovery',
  title:
    'Who sees a Service, VirtualService or DestinationRule that has no exportTo: everybody, or its own namespace only.',
  cost: 'Nothing as long as all are "*". With ".", a gateway of another namespace sees a VirtualService or Service only where its owner sets exportTo, so let owners do that first.',
  since: '1.9',
  disrupts: (before, after) =>
    Object.entries(after ?? {}).some(([kind, to]) => to === '.' && before?.[kind as keyof typeof before] !== '.')
      ? 'what has no exportTo disappears from other namespaces, the gateways’ too'
      : undefined,
  settings: z.strictObject({
    services: visibility.describe('Services'),
    virtualServices: visibility.describe('VirtualServices'),
    destinationRules: visibility.describe('DestinationRules'),
  }),
  parts: (_mesh, { services, virtualServices, destinationRules }) => ({
    meshConfig: {
      defaultServiceExportTo: [services],
      defaultVirtualServiceExportTo: [virtualServices],
      defaultDestinationRuleExportTo: [destinationRules],
    },
  }),
});
