import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { istioApi } from '../istio-api.js';
import { configItem } from './item.js';

/** Mutual TLS, namespace by namespace (istio.io/docs/tasks/security/authentication/mtls-migration); the mesh is PERMISSIVE. */
export const strictMtls = configItem({
  group: 'security',
  title: 'An example of the way to STRICT mutual TLS for one namespace; the mesh itself stays PERMISSIVE.',
  cost: 'Nothing by itself: it is an example in docs/examples for the owners of a namespace, which says what to look at before.',
  since: '1.9',
  settings: z.strictObject({}),
  parts: (mesh) => ({
    examples: [
      fromTemplate('strict-mtls.yaml', 'seeded', 'templates/config/strict-mtls/example.yaml', {
        security: istioApi(mesh, 'security.istio.io'),
      }),
    ],
  }),
});
