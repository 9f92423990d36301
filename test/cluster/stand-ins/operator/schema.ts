import type { KubeObject } from '../../kube/objects.js';

/** The fields of an IstioOperator that its operator decodes. `since` is the first minor that knows the field. */
const componentNames = ['base', 'pilot', 'cni', 'ztunnel', 'ingressGateways', 'egressGateways', 'istiodRemote'];
const specFields = [
  'profile',
  'installPackagePath',
  'hub',
  'tag',
  'namespace',
  'revision',
  'defaultRevision',
  'compatibilityVersion',
  'meshConfig',
  'components',
  'values',
  'unvalidatedValues',
];
const componentFields = ['enabled', 'namespace', 'name', 'label', 'hub', 'tag', 'spec', 'k8s'];
const k8sFields = [
  'affinity',
  'env',
  'hpaSpec',
  'imagePullPolicy',
  'nodeSelector',
  'podDisruptionBudget',
  'podAnnotations',
  'priorityClassName',
  'readinessProbe',
  'replicaCount',
  'resources',
  'service',
  'strategy',
  'tolerations',
  'serviceAnnotations',
  'securityContext',
  'overlays',
  'volumes',
  'volumeMounts',
];

/**
 * Why this IstioOperator does not decode, as the typed client of the operator would find; undefined when it does.
 *
 * One such object stops the operator for every other one, as it lists them together.
 */
export function decodeError({ spec = {} }: KubeObject, minor: number): string | undefined {
  const unknown = (fields: object, known: readonly string[], at: string): string | undefined => {
    const field = Object.keys(fields).find((name) => !known.includes(name));
    return field === undefined ? undefined : `unknown field "${field}" in ${at}`;
  };
  const problem =
    unknown(spec, specFields, 'v1alpha1.IstioOperatorSpec') ??
    unknown(spec.components ?? {}, componentNames, 'v1alpha1.IstioComponentSetSpec');
  if (problem !== undefined) return problem;
  for (const text of ['profile', 'hub', 'tag', 'namespace', 'revision'] as const) {
    if (spec[text] !== undefined && typeof spec[text] !== 'string')
      return `json: cannot unmarshal number into Go value of type string (${text})`;
  }
  for (const component of Object.values(spec.components ?? {}).flat() as Record<string, never>[]) {
    const { label = {}, k8s = {} } = component as { label?: Record<string, unknown>; k8s?: Record<string, unknown> };
    const inside =
      unknown(component, componentFields, 'v1alpha1.ComponentSpec') ??
      unknown(k8s, k8sFields, 'v1alpha1.KubernetesResourcesSpec');
    if (inside !== undefined) return inside;
    const bad = Object.entries(label).find(([, value]) => typeof value !== 'string');
    if (bad !== undefined) return `json: cannot unmarshal number into Go value of type string (label ${bad[0]})`;
    const hpa = k8s.hpaSpec as { metrics?: { resource?: object }[]; behavior?: unknown } | undefined;
    if (minor < 14 && (hpa?.behavior !== undefined || hpa?.metrics?.some(({ resource = {} }) => 'target' in resource)))
      return 'unknown field in v2beta1.HorizontalPodAutoscalerSpec';
  }
  return undefined;
}

/** Why values or revision do not merge: found before status is touched, so the old status stays. */
export function mergeError({ spec = {} }: KubeObject): string | undefined {
  if (spec.revision !== undefined && !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(spec.revision))
    return `invalid revision specified: ${spec.revision}`;
  const known = [
    'global',
    'pilot',
    'gateways',
    'telemetry',
    'sidecarInjectorWebhook',
    'istio_cni',
    'cni',
    'base',
    'istiodRemote',
    'revision',
    'revisionTags',
    'defaultRevision',
    'meshConfig',
    'ownerName',
    'ztunnel',
    'profile',
    'compatibilityVersion',
    'experimental',
  ];
  const key = Object.keys(spec.values ?? {}).find((name) => !known.includes(name));
  return key === undefined ? undefined : `unknown field "${key}" in v1alpha1.Values`;
}
