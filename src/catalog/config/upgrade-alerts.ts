import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import type { Mesh } from '../../model/mesh.js';
import { rootNamespace } from '../namespaces.js';
import { configItem } from './item.js';

/** The Deployments of all gateways, in every revision and before there was one, as an expression of Prometheus; it is anchored. */
function gatewayWorkloads(mesh: Mesh): string {
  const before = Object.values(mesh.gateways).flatMap(({ adopted }) => adopted?.deployments ?? []);
  return [...Object.keys(mesh.gateways).map((gateway) => `${gateway}-[0-9].*`), ...new Set(before)].join('|');
}

/** The part of the requests of each gateway that ends in an error, where it is more than one in a hundred. */
function gatewayErrors(mesh: Mesh): string {
  const rate = (more: string) =>
    `sum by (source_workload) (rate(istio_requests_total{reporter="source", source_workload=~"${gatewayWorkloads(mesh)}"${more}}[5m]))`;
  return `${rate(', response_code=~"5.."')} / ${rate('')} > 0.01`;
}

/** What to look at between two phases of an upgrade, as alerts; the metrics exist in every version (istio/istio pilot/pkg/xds/monitoring.go). */
export const upgradeAlerts = configItem({
  group: 'metrics',
  title:
    'Alerts for what goes wrong in an upgrade: refused configuration, failed injection, slow pushes, proxies left behind.',
  cost: 'The cluster needs the CustomResourceDefinitions of the Prometheus operator first, and a Prometheus that scrapes istiod and the proxies (monitors).',
  since: '1.9',
  kinds: { 'monitoring.coreos.com': ['PrometheusRule'] },
  settings: z.strictObject({
    labels: z
      .record(z.string(), z.string())
      .default({})
      .describe('The labels by which your Prometheus selects rules, such as release: prometheus'),
  }),
  parts: (mesh, { labels }) => ({
    mesh: [
      fromTemplate('upgrade-alerts.yaml', 'managed', 'templates/config/upgrade-alerts/prometheus-rule.yaml', {
        namespace: rootNamespace(mesh),
        labels,
        gatewayErrors: gatewayErrors(mesh),
      }),
    ],
  }),
});
