import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { configItem } from './item.js';

const label = 'istio-discovery';

/**
 * Which namespaces istiod looks at (meshConfig.discoverySelectors).
 *
 * It must be equal for all live revisions: the writer of the root certificate is one leader across revisions
 * (istio/istio#56594). Our own namespaces carry the label, because from 1.22 on istiod also passes over the Istio
 * resources of other namespaces (releasenotes 1.22, ENHANCED_RESOURCE_SCOPING).
 */
export const discoverySelectors = configItem({
  group: 'service discovery',
  title: 'istiod looks at the namespaces that their label istio-discovery chooses, and sends less to every proxy.',
  cost: 'opt-out leaves everything as it is until a namespace is labelled istio-discovery: disabled; with opt-in, a namespace without istio-discovery: enabled leaves the mesh at once, so label them first. It takes effect at once, without a restart.',
  since: '1.10',
  disrupts: (before, after) =>
    after?.mode === 'opt-in' && before?.mode !== 'opt-in'
      ? 'a namespace without the label istio-discovery: enabled leaves the mesh at once'
      : undefined,
  instead: 'Narrow what sidecars see with sidecar-scope',
  settings: z.strictObject({
    mode: z
      .enum(['opt-out', 'opt-in'])
      .default('opt-out')
      .describe('opt-out: all but those labelled "disabled". opt-in: only those labelled "enabled"'),
  }),
  parts: (_mesh, { mode }) => ({
    meshConfig: {
      discoverySelectors: [
        mode === 'opt-in'
          ? { matchLabels: { [label]: 'enabled' } }
          : { matchExpressions: [{ key: label, operator: 'NotIn', values: ['disabled'] }] },
      ],
    },
    layers: () => [
      {
        layer: '1-namespaces',
        files: [
          fromTemplate(
            'discovery.patch.yaml',
            'managed',
            'templates/config/discovery-selectors/namespace.patch.yaml',
            {},
          ),
        ],
        patches: [{ path: 'discovery.patch.yaml', target: { kind: 'Namespace' } }],
      },
    ],
  }),
});
