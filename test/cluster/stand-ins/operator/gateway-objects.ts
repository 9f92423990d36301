import type { KubeObject } from '../../kube/objects.js';
import { applyOverlays, type Overlay } from './overlays.js';

/** One entry of `components.ingressGateways` or `.egressGateways`. */
export interface GatewayComponent {
  readonly name: string;
  readonly namespace: string;
  readonly label?: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: Kubernetes settings pass through as they are written.
  readonly k8s?: any;
}

/**
 * The seven objects that the operator makes of an injected gateway, as `operator-renders-as-recorded` compares them.
 *
 * Gateways that are not injected are refused: they need a proxy's whole configuration, which nothing here plays.
 */
export function gatewayObjects(
  component: GatewayComponent,
  kind: 'ingress' | 'egress',
  iop: KubeObject,
  minor: number,
): KubeObject[] {
  const { name, namespace, k8s = {} } = component;
  const { revision = '', values = {} } = iop.spec;
  const labels = { app: `istio-${kind}gateway`, istio: `${kind}gateway`, ...component.label };
  const owner = {
    'install.operator.istio.io/owning-resource': 'unknown',
    'istio.io/rev': revision,
    'operator.istio.io/component': kind === 'ingress' ? 'IngressGateways' : 'EgressGateways',
  };
  const chartLabels = { ...owner, release: 'istio' };
  const metadata = (of: string, own: Record<string, string> = {}): KubeObject['metadata'] => ({
    name: of,
    namespace,
    labels: { ...own, ...chartLabels },
  });
  const settings = values.gateways?.[`istio-${kind}gateway`] ?? {};
  if (settings.injectionTemplate === undefined)
    throw new Error(
      `${name}: the stand-in renders injected gateways only (values.gateways.istio-${kind}gateway.injectionTemplate)`,
    );
  const minReplicas = k8s.hpaSpec?.minReplicas ?? settings.autoscaleMin ?? 1;
  const hpaTarget = { apiVersion: 'apps/v1', kind: 'Deployment', name };
  const utilization = settings.cpu?.targetAverageUtilization ?? 80;
  const cpuTarget =
    minor < 14
      ? { targetAverageUtilization: utilization }
      : { target: { type: 'Utilization', averageUtilization: utilization } };
  const accountName = `${name}-service-account`;
  const objects: KubeObject[] = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(accountName, labels) },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: metadata(`${name}-sds`),
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: metadata(`${name}-sds`),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `${name}-sds` },
      subjects: [{ kind: 'ServiceAccount', name: accountName }],
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(name, labels),
      spec: { ports: k8s.service?.ports ?? defaultPorts, selector: labels, type: k8s.service?.type ?? 'LoadBalancer' },
    },
    deployment({ component, kind, minor, labels, owner, settings, metadata: metadata(name, labels), accountName }),
    {
      apiVersion: minor < 14 ? 'autoscaling/v2beta1' : 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadata(name, labels),
      spec: {
        maxReplicas: 5,
        minReplicas,
        scaleTargetRef: hpaTarget,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', ...cpuTarget } }],
        ...k8s.hpaSpec,
      },
    },
    {
      apiVersion: minor < 14 ? 'policy/v1beta1' : 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadata(name, labels),
      spec: { ...(k8s.podDisruptionBudget ?? { minAvailable: 1 }), selector: { matchLabels: labels } },
    },
  ];
  return applyOverlays(objects, (k8s.overlays ?? []) as Overlay[]);
}

const defaultPorts = [
  { name: 'status-port', port: 15021, targetPort: 15021, protocol: 'TCP' },
  { name: 'http2', port: 80, targetPort: 8080, protocol: 'TCP' },
  { name: 'https', port: 443, targetPort: 8443, protocol: 'TCP' },
];

interface DeploymentInput {
  readonly component: GatewayComponent;
  readonly kind: 'ingress' | 'egress';
  readonly minor: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: Readonly<Record<string, string>>;
  readonly settings: { readonly injectionTemplate: string };
  readonly metadata: KubeObject['metadata'];
  readonly accountName: string;
}

function deployment({
  component,
  kind,
  minor,
  labels,
  owner,
  settings,
  metadata,
  accountName,
}: DeploymentInput): KubeObject {
  const { k8s = {} } = component;
  const inject = { 'sidecar.istio.io/inject': 'true' };
  const annotations = {
    'inject.istio.io/templates': settings.injectionTemplate,
    ...inject,
    'prometheus.io/path': '/stats/prometheus',
    'prometheus.io/port': '15020',
    'prometheus.io/scrape': 'true',
    ...k8s.podAnnotations,
  };
  const volumes = [`${kind}gateway-certs`, `${kind}gateway-ca-certs`].map((name) => ({
    name,
    secret: { optional: true, secretName: `istio-${name}` },
  }));
  const resources = {
    requests: { cpu: '100m', memory: '128Mi', ...k8s.resources?.requests },
    limits: { cpu: '2000m', memory: '1024Mi', ...k8s.resources?.limits },
  };
  const ports = (k8s.service?.ports ?? defaultPorts).map(
    ({ targetPort, port, protocol = 'TCP' }: { targetPort?: number; port: number; protocol?: string }) => ({
      containerPort: targetPort ?? port,
      protocol,
    }),
  );
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      selector: { matchLabels: labels },
      strategy: k8s.strategy ?? { rollingUpdate: { maxSurge: '100%', maxUnavailable: '25%' } },
      template: {
        metadata: { annotations, labels: { ...labels, ...owner, ...inject } },
        spec: {
          serviceAccountName: accountName,
          securityContext: {
            ...(minor < 20 ? { fsGroup: 1337 } : {}),
            runAsGroup: 1337,
            runAsNonRoot: true,
            runAsUser: 1337,
          },
          containers: [
            {
              name: 'istio-proxy',
              image: 'auto',
              env: [...(k8s.env ?? []), { name: 'ISTIO_META_UNPRIVILEGED_POD', value: 'true' }],
              ports: [...ports, { containerPort: 15090, name: 'http-envoy-prom', protocol: 'TCP' }],
              resources,
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                privileged: false,
                readOnlyRootFilesystem: true,
              },
              volumeMounts: volumes.map(({ name }) => ({ mountPath: `/etc/istio/${name}`, name, readOnly: true })),
            },
          ],
          volumes,
        },
      },
    },
  };
}
