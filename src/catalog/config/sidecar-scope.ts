import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { gatewayOf } from '../../model/gateway.js';
import type { Mesh } from '../../model/mesh.js';
import { istioApi } from '../istio-api.js';
import { baseNamespace, gatewayNamespace, rootNamespace } from '../namespaces.js';
import { configItem } from './item.js';

/** The namespaces of what the mesh itself offers: its own services, and gateways on the way out. */
function offering(mesh: Mesh): string[] {
  const egress = Object.keys(mesh.gateways).filter((gateway) => gatewayOf(mesh, gateway).kind === 'egress');
  const outward = egress.map((gateway) => gatewayNamespace(mesh, gateway));
  return [...new Set([baseNamespace(mesh), rootNamespace(mesh), ...outward])];
}

const folder = 'templates/config/sidecar-scope';

/** What sidecars see where their namespace does not say so itself (istio.io/docs/reference/config/networking/sidecar). */
export const sidecarScope = configItem({
  group: 'service discovery',
  title: 'A default Sidecar says which services sidecars get configuration for; it begins with all, to be narrowed.',
  cost: 'It takes effect at once, without a restart; what is left out of hosts is passed through without routes, mutual TLS and metrics of its service, so narrow it namespace by namespace (docs/examples) before the default.',
  since: '1.9',
  disrupts: (before, after) =>
    after !== undefined && !after.hosts.includes('*/*') && JSON.stringify(before) !== JSON.stringify(after)
      ? 'a service that a workload calls and that hosts leaves out loses its routes and mutual TLS at once'
      : undefined,
  settings: z.strictObject({
    hosts: z
      .array(z.string().regex(/^(\.|\*|~|[a-z0-9][a-z0-9-]*)\/[a-z0-9*.-]+$/, 'is no namespace/host, such as ./*'))
      .min(1)
      .default(['*/*'])
      .describe('namespace/host each: "./*" is the own namespace, "*/*" everything'),
  }),
  parts: (mesh, { hosts }) => {
    const networking = istioApi(mesh, 'networking.istio.io');
    const data = { networking, namespace: rootNamespace(mesh), hosts };
    return {
      mesh: [fromTemplate('sidecar-scope.yaml', 'managed', `${folder}/sidecar.yaml`, data)],
      examples: [
        fromTemplate('sidecar-scope.yaml', 'seeded', `${folder}/example.yaml`, {
          networking,
          hosts: ['.', 'team-b', ...offering(mesh)].map((each) => `${each}/*`),
        }),
      ],
    };
  },
});
