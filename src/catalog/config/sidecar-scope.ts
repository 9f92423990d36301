import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { istioApi } from '../istio-api.js';
import { rootNamespace } from '../namespaces.js';
import { configItem } from './item.js';

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
      examples: [fromTemplate('sidecar-scope.yaml', 'seeded', `${folder}/example.yaml`, { networking })],
    };
  },
});
