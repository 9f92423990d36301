import * as z from 'zod';
import { configItem } from './item.js';

/** Fewer time series (istio.io/docs/tasks/observability/metrics/telemetry-api; before 1.18 the charts' EnvoyFilters make the metrics). */
export const metricTags = configItem({
  group: 'metrics',
  title: 'Tags leave the metrics of all proxies, so that Prometheus stores fewer time series.',
  cost: 'Dashboards and alerts that use a tag no longer find it. It takes effect at once, and counters start anew.',
  since: '1.18',
  instead: 'Drop the labels in Prometheus (metric_relabel_configs)',
  settings: z.strictObject({
    remove: z
      .array(z.string().regex(/^[a-z_]+$/, 'is no name of a tag'))
      .min(1)
      .default(['source_principal', 'destination_principal'])
      .describe('Tags of Istio’s metrics'),
  }),
  parts: (_mesh, { remove }) => ({
    telemetry: {
      metrics: [
        {
          providers: [{ name: 'prometheus' }],
          overrides: [
            {
              match: { metric: 'ALL_METRICS' },
              tagOverrides: Object.fromEntries(remove.map((tag) => [tag, { operation: 'REMOVE' }])),
            },
          ],
        },
      ],
    },
  }),
});
