import * as z from 'zod';
import { accessLogFields } from '../access-log-fields.js';
import { configItem } from './item.js';

/** The fields of a log line (meshConfig.accessLogFormat; the encoding is JSON in every mesh). */
export const accessLogFormat = configItem({
  group: 'access logs',
  title:
    'Access logs have the fields that people search, with the ids of the trace, under the same names in every version.',
  cost: 'Whoever reads the logs must know the new fields. It takes effect at once.',
  since: '1.9',
  excludes: ['access-log-by-label'],
  settings: z.strictObject({
    more: z
      .record(z.string().regex(/^[a-z0-9_]+$/, 'is no name of a field'), z.string())
      .default({})
      .describe('More fields, each with its Envoy command operator: tenant: "%REQ(X-TENANT)%"'),
  }),
  parts: (_mesh, { more }) => ({ meshConfig: { accessLogFormat: JSON.stringify({ ...accessLogFields, ...more }) } }),
});
