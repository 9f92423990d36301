import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { rootNamespace } from '../namespaces.js';
import { configItem } from './item.js';

/** What Prometheus scrapes (prometheus-operator.dev). */
export const monitors = configItem({
  group: 'metrics',
  title: 'Prometheus scrapes every istiod and every proxy: a ServiceMonitor and a PodMonitor.',
  cost: 'The cluster needs the CustomResourceDefinitions of the Prometheus operator first, and Prometheus stores some hundred series per pod. Dashboards: grafana.com/orgs/istio/dashboards.',
  since: '1.9',
  kinds: { 'monitoring.coreos.com': ['PodMonitor', 'ServiceMonitor'] },
  settings: z.strictObject({
    labels: z
      .record(z.string(), z.string())
      .default({})
      .describe('The labels by which your Prometheus selects monitors, such as release: prometheus'),
    interval: z
      .string()
      .regex(/^[1-9]\d*s$/, 'is no duration, such as 15s')
      .default('15s')
      .describe('How often'),
  }),
  parts: (mesh, settings) => ({
    mesh: [
      fromTemplate('monitors.yaml', 'managed', 'templates/config/monitors/monitors.yaml', {
        ...settings,
        namespace: rootNamespace(mesh),
      }),
    ],
  }),
});
