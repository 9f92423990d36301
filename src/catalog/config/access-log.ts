import * as z from 'zod';
import { configItem } from './item.js';

/**
 * Which requests are logged (istio.io/docs/tasks/observability/logs/telemetry-api).
 *
 * From 1.15 on, which is the first whose provider "envoy" keeps the format of the mesh: before, its lines are text
 * (istio/istio pilot/pkg/networking/core/v1alpha3/accesslog.go).
 */
export const accessLog = configItem({
  group: 'access logs',
  title: 'Access logs of the whole mesh by the Telemetry API: errors only, and nothing of health checks.',
  cost: 'What is not logged cannot be searched. A filter speaks of HTTP, so plain TCP connections are no longer logged. It takes effect at once; a namespace can say otherwise in a Telemetry of its own.',
  since: '1.15',
  instead: 'Take access-log-by-label, which works in every version',
  excludes: ['access-log-by-label'],
  settings: z.strictObject({
    only: z.enum(['errors', 'all']).default('errors').describe('errors: answers of 400 and above'),
    exceptPaths: z
      .array(z.string().regex(/^\/[\w./~-]*$/, 'is no path'))
      .default(['/healthz', '/livez', '/readyz', '/healthz/ready'])
      .describe('Paths of health checks, which are not logged'),
  }),
  parts: (_mesh, { only, exceptPaths }) => {
    const conditions = [
      ...(only === 'errors' ? ['response.code >= 400'] : []),
      ...exceptPaths.map((path) => `request.url_path != ${JSON.stringify(path)}`),
    ];
    return {
      telemetry: {
        accessLogging: [
          {
            providers: [{ name: 'envoy' }],
            ...(conditions.length === 0 ? {} : { filter: { expression: conditions.join(' && ') } }),
          },
        ],
      },
    };
  },
});
