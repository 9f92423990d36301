import type { KubeObject } from '../../kube/objects.js';
import { messages } from './api-types.js';

/** Names of the top level of `spec.values`, and the first minor that knows them (Istio's values_types.proto). */
const valuesSince: Readonly<Record<string, number>> = {
  cni: 9,
  gateways: 9,
  global: 9,
  pilot: 9,
  telemetry: 9,
  sidecarInjectorWebhook: 9,
  istio_cni: 9,
  revision: 9,
  ownerName: 9,
  meshConfig: 9,
  base: 9,
  istiodRemote: 9,
  revisionTags: 10,
  defaultRevision: 12,
  ztunnel: 18,
  profile: 21,
  compatibilityVersion: 21,
  experimental: 22,
};

/**
 * Why the operator of this minor cannot decode this IstioOperator; undefined when it can.
 *
 * One such object stops the operator for every other one, as it lists them together.
 */
export function decodeError({ spec = {} }: KubeObject, minor: number): string | undefined {
  return problemOf(spec, 'IstioOperatorSpec', minor, 'spec');
}

/** `type` is a scalar, a message of `messages`, `…[]` for a list of it, or `…{}` for a map to it. */
function problemOf(value: unknown, type: string, minor: number, path: string): string | undefined {
  if (value === undefined || value === null || type === 'any') return undefined;
  const wrong = (): string => `${path}: cannot decode ${JSON.stringify(value)} as ${type}`;
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return wrong();
    return firstOf(value.map((item, index) => problemOf(item, type.slice(0, -2), minor, `${path}[${index}]`)));
  }
  const isMap = typeof value === 'object' && !Array.isArray(value);
  if (type.endsWith('{}')) {
    if (!isMap) return wrong();
    return firstOf(
      Object.entries(value).map(([key, item]) => problemOf(item, type.slice(0, -2), minor, `${path}.${key}`)),
    );
  }
  const fields = messages[type];
  if (fields === undefined) return fits(value, type) ? undefined : wrong();
  if (!isMap) return wrong();
  return firstOf(
    Object.entries(value).map(([key, item]) => {
      const [fieldType] = (fields[key]?.split('|') ?? [])
        .map((choice) => choice.split(/[@-]/))
        .find(([, since = '9', until = '23']) => minor >= Number(since) && minor <= Number(until)) ?? [undefined];
      return fieldType === undefined
        ? `${path}: unknown field "${key}" in v1alpha1.${type}`
        : problemOf(item, fieldType, minor, `${path}.${key}`);
    }),
  );
}

/** As JSON is read into protobuf's scalars: a number may come as a string, a string never as a number. */
function fits(value: unknown, scalar: string): boolean {
  switch (scalar) {
    case 'number':
      return typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value));
    case 'intOrString':
      return typeof value === 'number' || typeof value === 'string';
    default:
      return typeof value === scalar;
  }
}

function firstOf(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

/** Why profile, values and revision do not merge: found before status is touched, so the old status stays. */
export function mergeError({ spec = {} }: KubeObject, minor: number): string | undefined {
  if (spec.revision !== undefined && spec.revision !== '' && !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(spec.revision))
    return `invalid revision specified: ${spec.revision}`;
  const key = Object.keys(spec.values ?? {}).find((name) => minor < (valuesSince[name] ?? Number.POSITIVE_INFINITY));
  return key === undefined ? undefined : `unknown field "${key}" in v1alpha1.Values`;
}
