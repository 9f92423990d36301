import { Ajv, type ValidateFunction } from 'ajv';
import { since } from '../../src/catalog/versions.js';
import type { Built } from './kubectl.js';

/**
 * The fields of an IstioOperator that the operator of a version knows, as far as we use or could use them.
 *
 * From the API types and values_types.proto of each Istio tag, 1.9 … 1.23. `spec`, `components` and `k8s` must decode, or
 * that operator stops for every IstioOperator it watches, those of other revisions too; `values` and `meshConfig` are
 * checked later, by the operator of the revision only (istio/istio#48153).
 */
export type Depth = 'decodes' | 'merges';

const compiled = new Map<string, ValidateFunction>();

/** What is wrong with an IstioOperator in the eyes of the operator of a version. */
export function istioOperatorProblems(object: Built, version: string, depth: Depth): string[] {
  const key = `${version} ${depth}`;
  const validate =
    compiled.get(key) ?? new Ajv({ allErrors: true, allowUnionTypes: true }).compile(specSchema(version, depth));
  compiled.set(key, validate);
  if (validate(object.spec)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const text = { type: 'string' } as const;
const number = { type: 'integer' } as const;
const flag = { type: 'boolean' } as const;
const intOrString = { type: ['integer', 'string'] } as const;
const anything = {} as const;
const texts = { type: 'object', additionalProperties: text } as const;

function object(properties: object): object {
  return { type: 'object', properties, additionalProperties: false };
}

function list(items: object): object {
  return { type: 'array', items };
}

function specSchema(version: string, depth: Depth): object {
  const from = (minor: string, fields: object) => (since(version, minor) ? fields : {});
  const before = (minor: string, fields: object) => (since(version, minor) ? {} : fields);
  const pod = podSettings(from);
  const component = { enabled: flag, namespace: text, hub: text, tag: text, k8s: pod };
  return object({
    profile: { enum: ['default', 'demo', 'empty', 'minimal', 'openshift', 'preview', 'remote', 'external'] },
    installPackagePath: text,
    hub: text,
    tag: text,
    namespace: text,
    revision: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' },
    ...(since(version, '1.10') && !since(version, '1.21') ? { defaultRevision: flag } : {}),
    ...from('1.21', { compatibilityVersion: text }),
    components: object({
      base: object(component),
      pilot: object(component),
      cni: object(component),
      istiodRemote: object(component),
      ...from('1.18', { ztunnel: object(component) }),
      ingressGateways: list(object({ ...component, name: text, label: texts })),
      egressGateways: list(object({ ...component, name: text, label: texts })),
    }),
    meshConfig: depth === 'merges' ? meshConfig(from) : anything,
    values: depth === 'merges' ? values(from, before) : anything,
    unvalidatedValues: anything,
  });
}

type From = (minor: string, fields: object) => object;

/** `components.*.k8s`; there is never a topologySpreadConstraints, terminationGracePeriodSeconds or lifecycle. */
function podSettings(from: From): object {
  return object({
    affinity: anything,
    env: list(object({ name: text, value: text, valueFrom: anything })),
    // "metrics" is left out on purpose: no shape of it is right for operators on both sides of 1.13.
    hpaSpec: object({
      minReplicas: number,
      maxReplicas: number,
      scaleTargetRef: texts,
      ...from('1.14', { behavior: anything }),
    }),
    imagePullPolicy: text,
    nodeSelector: texts,
    podAnnotations: texts,
    podDisruptionBudget: object({
      minAvailable: intOrString,
      ...from('1.10', { maxUnavailable: intOrString }),
      selector: anything,
    }),
    priorityClassName: text,
    readinessProbe: anything,
    resources: object({ requests: texts, limits: texts }),
    securityContext: anything,
    service: object({
      type: { enum: ['ClusterIP', 'LoadBalancer', 'NodePort'] },
      ports: list(
        object({
          name: text,
          port: number,
          targetPort: intOrString,
          protocol: text,
          nodePort: number,
          ...from('1.17', { appProtocol: text }),
        }),
      ),
      externalTrafficPolicy: text,
      loadBalancerIP: text,
      ...from('1.21', { loadBalancerClass: text }),
    }),
    serviceAnnotations: texts,
    strategy: object({ type: text, rollingUpdate: object({ maxSurge: intOrString, maxUnavailable: intOrString }) }),
    tolerations: list(anything),
    ...from('1.10', { volumes: list(anything), volumeMounts: list(anything) }),
    overlays: list(
      object({ apiVersion: text, kind: text, name: text, patches: list(object({ path: text, value: anything })) }),
    ),
  });
}

/** The fields of MeshConfig and ProxyConfig that we use (istio/api mesh/v1alpha1, each tag); without a version they are older than 1.9. */
function meshConfig(from: From): object {
  return object({
    rootNamespace: text,
    trustDomain: text,
    accessLogFile: text,
    accessLogEncoding: { enum: ['JSON', 'TEXT'] },
    accessLogFormat: text,
    outboundTrafficPolicy: object({ mode: { enum: ['ALLOW_ANY', 'REGISTRY_ONLY'] } }),
    defaultServiceExportTo: list(text),
    defaultVirtualServiceExportTo: list(text),
    defaultDestinationRuleExportTo: list(text),
    ...from('1.10', {
      discoverySelectors: list(
        object({
          matchLabels: texts,
          matchExpressions: list(object({ key: text, operator: text, values: list(text) })),
        }),
      ),
    }),
    defaultConfig: object({
      holdApplicationUntilProxyStarts: flag,
      proxyMetadata: texts,
      concurrency: number,
      drainDuration: text,
      terminationDrainDuration: text,
      tracing: object({ sampling: { type: 'number' } }),
    }),
  });
}

/** `values`, by values_types.proto; env, labels and annotations are free maps. */
function values(from: From, before: From): object {
  const cpu = object({ targetAverageUtilization: number });
  const gateway = object({
    cpu,
    injectionTemplate: text,
    labels: texts,
    ...from('1.10', { serviceAccount: anything }),
  });
  return object({
    global: object({
      istioNamespace: text,
      configValidation: flag,
      meshID: text,
      network: text,
      multiCluster: object({ clusterName: text }),
      proxy: object({ resources: object({ requests: texts, limits: texts }) }),
      imagePullSecrets: list(text),
      ...from('1.19', { platform: text }),
    }),
    base: object({ enableIstioConfigCRDs: flag }),
    pilot: object({
      autoscaleEnabled: flag,
      cpu,
      env: texts,
      // The types know them until the operator's end; charts act on them until 1.18, so 1.19 is where ours must end.
      ...before('1.19', { enableProtocolSniffingForInbound: flag, enableProtocolSniffingForOutbound: flag }),
      ...from('1.22', { cni: object({ enabled: flag, chained: flag, provider: { enum: ['default', 'multus'] } }) }),
    }),
    gateways: object({ 'istio-ingressgateway': gateway, 'istio-egressgateway': gateway }),
    cni: object({
      cniBinDir: text,
      cniConfDir: text,
      cniConfFileName: text,
      chained: flag,
      excludeNamespaces: list(text),
      logLevel: text,
      ...from('1.11', { privileged: flag }),
      ...from('1.19', { provider: { enum: ['default', 'multus'] } }),
    }),
    ...before('1.22', { istio_cni: object({ enabled: flag, chained: flag }) }),
    sidecarInjectorWebhook: object({ injectedAnnotations: texts, useLegacySelectors: flag }),
    ...from('1.12', { defaultRevision: text }),
    ...from('1.21', { profile: text }),
  });
}
