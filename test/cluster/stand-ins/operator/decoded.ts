/** A spec, and the minors whose API types decode it; without any it is all of 1.9 … 1.23. */
interface Case {
  readonly what: string;
  readonly spec: object;
  readonly decodes?: 'never' | readonly [first: number, last?: number];
}

const pilot = (k8s: object): object => ({ components: { pilot: { k8s } } });
const gateway = (entry: object): object => ({ components: { ingressGateways: [entry] } });
const service = (settings: object): object => gateway({ k8s: { service: settings } });
const cpu = (metric: object): object =>
  pilot({ hpaSpec: { metrics: [{ type: 'Resource', resource: { name: 'cpu', ...metric } }] } });

/**
 * The minors whose types were given each of these specs to decode: istio.io/api as that minor's last patch requires it (1.23:
 * v1.23.3), asked by json.Unmarshal into IstioOperatorSpec.
 */
export const askedMinors = [9, 10, 13, 16, 18, 20, 23] as const;

/** What came of it. */
export const decodeCases: readonly Case[] = [
  { what: 'compatibilityVersion', spec: { compatibilityVersion: '1.20' }, decodes: [21] },
  { what: 'defaultRevision', spec: { defaultRevision: true }, decodes: [10, 20] },
  { what: 'ztunnel', spec: { components: { ztunnel: { enabled: true } } }, decodes: [18] },
  { what: 'volumes', spec: pilot({ volumes: [{ name: 'a' }] }), decodes: [10] },
  { what: 'metrics with target', spec: cpu({ target: { averageUtilization: 60 } }), decodes: [14] },
  { what: 'metrics of v2beta1', spec: cpu({ targetAverageUtilization: 60 }) },
  { what: 'hpaSpec.behavior', spec: pilot({ hpaSpec: { behavior: { scaleDown: {} } } }), decodes: [14] },
  { what: 'appProtocol', spec: service({ ports: [{ appProtocol: 'http' }] }), decodes: [17] },
  { what: 'loadBalancerClass', spec: service({ loadBalancerClass: 'a' }), decodes: [21] },
  { what: 'a percentage in a PDB', spec: pilot({ podDisruptionBudget: { maxUnavailable: '25%' } }), decodes: [11] },
  { what: 'unknown in spec', spec: { foo: 1 }, decodes: 'never' },
  { what: 'unknown component', spec: { components: { foo: {} } }, decodes: 'never' },
  { what: 'unknown in k8s', spec: pilot({ topologySpreadConstraints: [] }), decodes: 'never' },
  { what: 'unknown in k8s.service', spec: service({ foo: 1 }), decodes: 'never' },
  { what: 'unknown in an overlay', spec: pilot({ overlays: [{ foo: 'a' }] }), decodes: 'never' },
  { what: 'a label on pilot', spec: { components: { pilot: { label: { a: 'b' } } } }, decodes: 'never' },
  { what: 'a numeric tag', spec: { tag: 1.2 } },
  { what: 'a numeric hub', spec: { hub: 1 }, decodes: 'never' },
  { what: 'a numeric label', spec: gateway({ label: { version: 120 } }), decodes: 'never' },
  { what: 'a numeric env value', spec: pilot({ env: [{ name: 'A', value: 1 }] }), decodes: 'never' },
  { what: 'a boolean annotation', spec: pilot({ podAnnotations: { a: true } }), decodes: 'never' },
  { what: 'a numeric request', spec: pilot({ resources: { requests: { cpu: 1 } } }), decodes: 'never' },
  { what: 'enabled as a string', spec: { components: { pilot: { enabled: 'true' } } }, decodes: 'never' },
  { what: 'a port as a number in a string', spec: service({ ports: [{ port: '80', targetPort: 'http' }] }) },
  { what: 'a port by name', spec: service({ ports: [{ port: 'http' }] }), decodes: 'never' },
  { what: 'any overlay value', spec: pilot({ overlays: [{ patches: [{ path: 'a', value: { b: 1 } }] }] }) },
  { what: 'any values and meshConfig', spec: { meshConfig: { foo: [1] }, values: { foo: 1 } } },
];
