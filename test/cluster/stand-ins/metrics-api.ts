import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { until } from '../clock.js';
import type { Cluster } from '../cluster/cluster.js';
import { conditionOf, type KubeObject } from '../kube/objects.js';

/** Plays metrics-server: every running container uses 50m CPU and 64Mi, so that autoscalers have metrics and stay at their minimum. */
export interface MetricsApi {
  stop(): void;
}

const group = 'metrics.k8s.io/v1beta1';
const labels = { 'harness.local/answered-elsewhere': 'true' };

export async function startMetricsApi(cluster: Cluster): Promise<MetricsApi> {
  const { kube, directory, addresses } = cluster;
  const certificate = {
    key: readFileSync(join(directory, 'certs', 'apiserver.key')),
    cert: readFileSync(join(directory, 'certs', 'apiserver.crt')),
  };
  const server = createServer(certificate, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://localhost');
    response.setHeader('content-type', 'application/json');
    answer(cluster, pathname, searchParams.get('labelSelector')).then(
      (body) => response.end(JSON.stringify(body)),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(443, addresses.metricsAddress, resolve);
  });
  const metadata = { name: 'metrics-server', namespace: 'kube-system', labels };
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { clusterIP: addresses.metricsAddress, ports: [{ name: 'https', port: 443 }] },
  });
  await kube.apply({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { ...labels, 'kubernetes.io/service-name': 'metrics-server' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [addresses.podRange.replace(/0\/16$/, '255')], conditions: { ready: true } }],
    ports: [{ name: 'https', port: 443 }],
  });
  await kube.apply({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { name: 'metrics-server', namespace: 'kube-system' },
    },
  });
  const available = async (): Promise<boolean> => {
    const service = await kube.get('/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io');
    return conditionOf(service, 'Available')?.status === 'True';
  };
  await until('the metrics API', available, { timeout: 90 });
  return {
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer({ kube }: Cluster, path: string, labelSelector: string | null): Promise<unknown> {
  const namespace = /\/namespaces\/([^/]+)\/pods$/.exec(path)?.[1];
  if (namespace === undefined) {
    const resources = [
      { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] },
    ];
    return path.endsWith('v1beta1')
      ? { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group, resources }
      : {};
  }
  const query = labelSelector === null ? '' : `?labelSelector=${encodeURIComponent(labelSelector)}`;
  const pods = await kube.list(`/api/v1/namespaces/${namespace}/pods${query}`);
  return {
    kind: 'PodMetricsList',
    apiVersion: group,
    metadata: {},
    items: pods.filter(({ status }) => status?.phase === 'Running').map(metricsOf),
  };
}

function metricsOf({ metadata, spec }: KubeObject): object {
  const usage = { cpu: '50m', memory: '64Mi' };
  return {
    metadata: { name: metadata.name, namespace: metadata.namespace, labels: metadata.labels },
    timestamp: new Date().toISOString(),
    window: '15s',
    containers: spec.containers.map(({ name }: { name: string }) => ({ name, usage })),
  };
}
