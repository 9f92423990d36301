import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { KubeObject } from '../../kube/objects.js';

export type GatewayName = 'ingress' | 'egress' | 'eastwest';
export const gatewayNames: readonly GatewayName[] = ['ingress', 'egress', 'eastwest'];

/** What the rendering code of one release of Istio's operator made of the IstioOperators below. */
export interface Recording {
  /** The digest of each object of a gateway, by kind/name. */
  readonly gateways: Readonly<Record<GatewayName, Readonly<Record<string, string>>>>;
  /** kind/name of each object of the control plane, without the telemetry EnvoyFilters of 1.13 and 1.16. */
  readonly controlPlane: readonly string[];
}

export const recordingsFile = new URL('recorded.json', import.meta.url);

/**
 * The recordings by version; throws when they are missing.
 *
 * They are of what `istioctl manifest generate -f` of that release prints for the IstioOperators below: the operator renders
 * through the same code. The releases are those of github.com/istio/istio, built from their tags (1.13.9 and 1.23.6 with a
 * few library modules of a neighbouring patch), 1.16.7 for Kubernetes 1.25. Digests say as much as the objects to a
 * comparison, and nothing of Istio's charts is copied.
 */
export function readRecordings(): Readonly<Record<string, Recording>> {
  return JSON.parse(readFileSync(recordingsFile, 'utf8'));
}

/** A digest of all that the object says, whatever the order of its keys; null is as nothing. */
export function digestOf(object: KubeObject): string {
  const lines = [...leavesOf(object)].map(([path, value]) => `${path} ${JSON.stringify(value)}`);
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

/** The scalars of an object by path; empty lists and maps are there as text. */
export function leavesOf(node: unknown, path = '', leaves = new Map<string, unknown>()): Map<string, unknown> {
  if (node === null || node === undefined) return leaves;
  const entries = typeof node === 'object' ? Object.entries(node) : [];
  if (entries.length === 0) leaves.set(path, typeof node === 'object' ? JSON.stringify(node) : node);
  for (const [key, value] of entries) leavesOf(value, `${path}/${key}`, leaves);
  return leaves;
}

const dashed = (version: string): string => version.replaceAll('.', '-');

/** The gateway's IstioOperator that was rendered. */
export function gatewaySpec(version: string, gateway: GatewayName): KubeObject {
  const shared = `istio-${gateway}gateway`;
  const name = `${shared}-${dashed(version)}`;
  const kind = gateway === 'egress' ? 'egress' : 'ingress';
  const ports = portsOf[gateway].map(([portName, port, targetPort]) => ({
    name: portName,
    port,
    targetPort,
    protocol: 'TCP',
  }));
  const env = [
    { name: 'ISTIO_META_ROUTER_MODE', value: 'sni-dnat' },
    { name: 'ISTIO_META_REQUESTED_NETWORK_VIEW', value: 'network1' },
  ];
  const component = {
    name,
    namespace: 'istio-gateways',
    enabled: true,
    label: { app: shared, istio: `${gateway}gateway`, version: version.replaceAll('.', '_') },
    k8s: {
      service: { type: 'ClusterIP', ports },
      hpaSpec: { minReplicas: 2, maxReplicas: 5, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name } },
      resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '1Gi' } },
      strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      podAnnotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' },
      ...(gateway === 'eastwest' ? { env } : {}),
      overlays: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name,
          patches: [{ path: 'spec.template.spec.serviceAccountName', value: shared }],
        },
      ],
    },
  };
  const settings = { injectionTemplate: 'gateway', cpu: { targetAverageUtilization: 60 } };
  return iop(version, { name, namespace: 'istio-gateways' }, 'empty', {
    components: { [`${kind}Gateways`]: [component] },
    values: { gateways: { [`istio-${kind}gateway`]: settings } },
  });
}

const portsOf: Readonly<Record<GatewayName, readonly (readonly [name: string, port: number, targetPort: number])[]>> = {
  ingress: [
    ['status-port', 15021, 15021],
    ['http2', 80, 8080],
    ['https', 443, 8443],
    ['tcp', 31400, 31400],
    ['tls', 15443, 15443],
  ],
  egress: [
    ['http2', 80, 8080],
    ['https', 443, 8443],
  ],
  eastwest: [
    ['status-port', 15021, 15021],
    ['tls', 15443, 15443],
    ['tls-istiod', 15012, 15012],
    ['tls-webhook', 15017, 15017],
  ],
};

/** The control plane's IstioOperator that was rendered, as far as it decides which objects there are. */
export function controlPlaneSpec(version: string): KubeObject {
  return iop(version, { name: `control-plane-${dashed(version)}`, namespace: 'istio-system' }, 'minimal', {
    meshConfig: { rootNamespace: 'istio-config', trustDomain: 'cluster.local' },
    components: {
      base: { enabled: false },
      pilot: { enabled: true, k8s: { hpaSpec: { minReplicas: 2, maxReplicas: 5 } } },
      cni: { enabled: false },
    },
    values: { global: { meshID: 'mesh1', network: 'network1' }, pilot: { autoscaleEnabled: true } },
  });
}

function iop(version: string, metadata: KubeObject['metadata'], profile: string, rest: object): KubeObject {
  const revision = dashed(version);
  return {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    metadata,
    spec: { profile, hub: 'docker.io/istio', tag: version, revision, ...rest },
  };
}
