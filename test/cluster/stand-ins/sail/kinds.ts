import type { KubeObject } from '../../kube/objects.js';

/** The Sail release that is played, and the last patch of each Istio minor that it installs (pkg/istioversion/versions.yaml). */
export const sailVersion = '1.30.3';
const installs: Readonly<Record<string, number>> = { '1.28': 10, '1.29': 6, '1.30': 3 };

/** A kind of the Sail Operator, and the chart that it makes of an object of that kind. */
export interface SailKind {
  readonly kind: 'IstioRevision' | 'IstioCNI' | 'ZTunnel';
  /** A folder of Istio's charts. */
  readonly chart: string;
  release(object: KubeObject): string;
  /** What must be ready. */
  readonly workload: 'Deployment' | 'DaemonSet';
  workloadName(object: KubeObject): string;
  /** The reason of Ready while it is not. */
  readonly notReady: string;
}

export const sailApi = 'sailoperator.io/v1';

/** As `controllers/` and `pkg/reconcile/` have them. */
export const sailKinds: readonly SailKind[] = [
  {
    kind: 'IstioRevision',
    chart: 'istio-control/istio-discovery',
    release: ({ metadata }) => `${metadata.name}-istiod`,
    workload: 'Deployment',
    workloadName: ({ spec }) => (spec.values.revision ? `istiod-${spec.values.revision}` : 'istiod'),
    notReady: 'IstiodNotReady',
  },
  {
    kind: 'IstioCNI',
    chart: 'istio-cni',
    release: () => 'istio-cni',
    workload: 'DaemonSet',
    workloadName: () => 'istio-cni-node',
    notReady: 'DaemonSetNotReady',
  },
  {
    kind: 'ZTunnel',
    chart: 'ztunnel',
    release: () => 'ztunnel',
    workload: 'DaemonSet',
    workloadName: () => 'ztunnel',
    notReady: 'DaemonSetNotReady',
  },
];

const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const immutable = { 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'Value is immutable' }] };

/** Names that must be as Sail's own definitions demand; of the values they know far more. */
const rules = {
  IstioRevision:
    "self.metadata.name == 'default' ? (!has(self.spec.values.revision) || size(self.spec.values.revision) == 0) : self.spec.values.revision == self.metadata.name",
  IstioCNI: "self.metadata.name == 'default'",
  ZTunnel: "self.metadata.name == 'default'",
} as const;

/** The definitions that the chart of the operator brings. They give `status` no default: an object that nobody has seen yet has none. */
export function sailDefinitions(): KubeObject[] {
  return sailKinds.map(({ kind }) => {
    const plural = `${kind.toLowerCase()}s`;
    const spec = {
      type: 'object',
      required: ['namespace', 'version'],
      properties: {
        version: { type: 'string', enum: versions() },
        namespace: { type: 'string', ...immutable },
        values: { ...anything, properties: { revision: { type: 'string' } } },
      },
    };
    const schema = {
      type: 'object',
      required: ['spec'],
      properties: { metadata: { type: 'object', properties: { name: { type: 'string' } } }, spec, status: anything },
      'x-kubernetes-validations': [{ rule: rules[kind] }],
    };
    return {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.sailoperator.io` },
      spec: {
        group: 'sailoperator.io',
        scope: 'Cluster',
        names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            subresources: { status: {} },
            schema: { openAPIV3Schema: schema },
          },
        ],
      },
    };
  });
}

function versions(): string[] {
  return Object.entries(installs).flatMap(([minor, last]) =>
    Array.from({ length: last + 1 }, (_, patch) => `v${minor}.${patch}`),
  );
}
