import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Built } from './kubectl.js';

/** A compiled validator of kubernetes-models: it says what is wrong, and passes over fields that it does not know. */
interface Validator {
  (data: unknown): boolean;
  errors?: readonly { readonly instancePath: string; readonly message?: string; readonly params: object }[] | null;
}

const require = createRequire(import.meta.url);

/** Where the schema of each kind is. A kind that is not here has no schema in these packages. */
const kubernetes = {
  'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration':
    'IoK8sApiAdmissionregistrationV1MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy':
    'IoK8sApiAdmissionregistrationV1ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding':
    'IoK8sApiAdmissionregistrationV1ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration':
    'IoK8sApiAdmissionregistrationV1ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/v1 CustomResourceDefinition':
    'IoK8sApiextensionsApiserverPkgApisApiextensionsV1CustomResourceDefinition',
  'apps/v1 DaemonSet': 'IoK8sApiAppsV1DaemonSet',
  'apps/v1 Deployment': 'IoK8sApiAppsV1Deployment',
  'autoscaling/v1 HorizontalPodAutoscaler': 'IoK8sApiAutoscalingV1HorizontalPodAutoscaler',
  'autoscaling/v2beta2 HorizontalPodAutoscaler': 'IoK8sApiAutoscalingV2beta2HorizontalPodAutoscaler',
  'autoscaling/v2 HorizontalPodAutoscaler': 'IoK8sApiAutoscalingV2HorizontalPodAutoscaler',
  'batch/v1 Job': 'IoK8sApiBatchV1Job',
  'policy/v1 PodDisruptionBudget': 'IoK8sApiPolicyV1PodDisruptionBudget',
  'policy/v1beta1 PodDisruptionBudget': 'IoK8sApiPolicyV1beta1PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1 ClusterRole': 'IoK8sApiRbacV1ClusterRole',
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': 'IoK8sApiRbacV1ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1 Role': 'IoK8sApiRbacV1Role',
  'rbac.authorization.k8s.io/v1 RoleBinding': 'IoK8sApiRbacV1RoleBinding',
  'v1 ConfigMap': 'IoK8sApiCoreV1ConfigMap',
  'v1 Namespace': 'IoK8sApiCoreV1Namespace',
  'v1 Service': 'IoK8sApiCoreV1Service',
  'v1 ServiceAccount': 'IoK8sApiCoreV1ServiceAccount',
};
const argoCd = {
  'argoproj.io/v1alpha1 AppProject': 'ArgoprojIoV1alpha1AppProject',
  'argoproj.io/v1alpha1 Application': 'ArgoprojIoV1alpha1Application',
};
const files = new Map([...located('kubernetes-models', kubernetes), ...located('@kubernetes-models/argo-cd', argoCd)]);

const askedInCluster = 'its CRD, on a real API server: test/cluster/scenarios/config-items-apply.ts';

/** Kinds without a schema in the packages, and what checks them instead. */
export const schemaElsewhere: Readonly<Record<string, string>> = {
  'install.istio.io/v1alpha1 IstioOperator':
    'its CRD takes any field; istio-operator-schema.ts is what operators decode',
  ...Object.fromEntries(
    [
      'networking.istio.io/v1alpha3 EnvoyFilter',
      ...['v1', 'v1beta1'].flatMap((version) => [
        `networking.istio.io/${version} Gateway`,
        `networking.istio.io/${version} Sidecar`,
        `security.istio.io/${version} PeerAuthentication`,
      ]),
      'telemetry.istio.io/v1 Telemetry',
      'telemetry.istio.io/v1alpha1 Telemetry',
    ].map((kind) => [kind, 'istio-schemas.json, recorded from the CRDs of every Istio']),
  ),
  'monitoring.coreos.com/v1 PodMonitor': askedInCluster,
  'monitoring.coreos.com/v1 PrometheusRule': askedInCluster,
  'monitoring.coreos.com/v1 ServiceMonitor': askedInCluster,
};

/** Fields that are right although the packages do not know them, and why. */
const known: Readonly<Record<string, string>> = {
  'Application /spec/syncPolicy/retry/refresh': 'newer than the package; argo-cd 3.5 has it',
  'AppProject /spec/description': 'the package leaves out every field of that name; argo-cd 3.5 has it',
  'CustomResourceDefinition /spec/versions/0/schema/openAPIV3Schema/x-kubernetes-preserve-unknown-fields':
    'apiextensions.k8s.io/v1 JSONSchemaProps; the package leaves out its extensions',
};

/** "group/version Kind" of an object. */
export function kindOf({ apiVersion, kind }: Built): string {
  return `${apiVersion} ${kind}`;
}

/**
 * What is wrong with an object by the schema of its kind; unknown fields are wrong.
 *
 * The validators pass over unknown fields, but they ask for every field that they know, so what they never asked for
 * is unknown. Where they asked an object for nothing at all, it may hold anything.
 */
export function schemaProblems(object: Built): string[] {
  const file = files.get(kindOf(object));
  if (file === undefined) return [`${kindOf(object)} has no schema`];
  const { validate } = require(file) as { validate: Validator };
  const unknown: string[] = [];
  const visits: (() => void)[] = [];
  const valid = validate(watched(object, '', visits, unknown));
  for (const visit of visits) visit();
  return [
    ...(valid ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${JSON.stringify(error.params)}`)),
    ...unknown.filter((path) => known[`${object.kind} ${path}`] === undefined).map((path) => `${path} is unknown`),
  ];
}

/** The same object, which notes what it is asked for; `visits` are to be made when the validator is done. */
function watched(value: unknown, path: string, visits: (() => void)[], unknown: string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const asked = new Set<string>();
  const children = new Map<string, unknown>();
  visits.push(() => {
    if (asked.size > 0) {
      for (const key of Object.keys(value)) if (!asked.has(key)) unknown.push(`${path}/${key}`);
    }
  });
  return new Proxy(value, {
    get(target, key) {
      const member = Reflect.get(target, key);
      if (typeof key !== 'string') return member;
      asked.add(key);
      if (!children.has(key)) children.set(key, watched(member, `${path}/${key}`, visits, unknown));
      return children.get(key);
    },
  });
}

function located(name: string, schemas: Readonly<Record<string, string>>): [string, string][] {
  const folder = join(dirname(require.resolve(name)), '_schemas');
  return Object.entries(schemas).map(([kind, schema]) => [kind, join(folder, `${schema}.js`)]);
}
