import * as z from 'zod';
import { configItem } from './item.js';

const visibility = z.enum(['everybody', 'own-namespace']).default('everybody');

const list = (to: z.infer<typeof visibility>) => [to === 'everybody' ? '*' : '.'];

/** Who sees services and routes that do not say so themselves (meshConfig.default…ExportTo). */
export const exportTo = configItem({
  group: 'service discovery',
  title:
    'Who sees a Service, VirtualService or DestinationRule that has no exportTo: everybody, or its own namespace only.',
  cost: 'Nothing as long as all are "everybody". With "own-namespace", a gateway of another namespace sees a VirtualService or Service only where its owner sets exportTo, so let owners do that first.',
  since: '1.9',
  disrupts: (before, after) =>
    Object.entries(after ?? {}).some(
      ([kind, to]) => to === 'own-namespace' && before?.[kind as keyof typeof before] !== to,
    )
      ? 'what has no exportTo disappears from other namespaces, the gateways’ too'
      : undefined,
  settings: z.strictObject({
    services: visibility.describe('Services'),
    virtualServices: visibility.describe('VirtualServices'),
    destinationRules: visibility.describe('DestinationRules'),
  }),
  parts: (_mesh, { services, virtualServices, destinationRules }) => ({
    meshConfig: {
      defaultServiceExportTo: list(services),
      defaultVirtualServiceExportTo: list(virtualServices),
      defaultDestinationRuleExportTo: list(destinationRules),
    },
  }),
});
