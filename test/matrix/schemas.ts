import { Ajv, type ValidateFunction } from 'ajv';
import { minorOf } from '../../src/catalog/versions.js';
import { definitions, hasIstioData, istioCrds } from '../support/istio-data.js';
import { istioOperatorProblems } from '../support/istio-operator-schema.js';
import type { Built } from '../support/kubectl.js';
import { kindOf, schemaElsewhere, schemaProblems } from '../support/strict-schema.js';

/** Kinds of others than Istio and Kubernetes, and the release whose definitions they are recorded from. */
const others: Readonly<Record<string, string>> = {
  'helm.toolkit.fluxcd.io': 'flux-2',
  'kustomize.toolkit.fluxcd.io': 'flux-2',
  'source.toolkit.fluxcd.io': 'flux-2',
  'sailoperator.io': 'sail-1.30',
};

/**
 * What is wrong with an object by the schema of its kind, unknown fields among it; `live` are the Istio versions in its
 * cluster, all of which must know an object of Istio's.
 *
 * Kinds of Istio, Flux and Sail are looked at where the facts recorded from their releases are at hand, see istio-data.ts.
 */
export function problemsOf(object: Built, live: readonly string[]): string[] {
  const group = object.apiVersion.split('/')[0];
  if (object.kind === 'IstioOperator') {
    const oldest = live.flatMap((version) => istioOperatorProblems(object, version, 'decodes'));
    return [...oldest, ...istioOperatorProblems(object, object.spec.tag, 'merges')];
  }
  const release = others[group];
  if (release !== undefined) return hasIstioData ? customProblems(object, release, definitions(release)) : [];
  if (group.endsWith('.istio.io')) {
    if (!hasIstioData) return [];
    return live.flatMap((version) => customProblems(object, minorOf(version), istioCrds(version)));
  }
  return schemaElsewhere[kindOf(object)] === undefined
    ? schemaProblems(object)
    : [`${kindOf(object)} is not looked at`];
}

const compiled = new Map<string, ValidateFunction | string>();

function customProblems(object: Built, release: string, crds: readonly Built[]): string[] {
  const key = `${release} ${kindOf(object)}`;
  const validate = compiled.get(key) ?? compile(object, crds) ?? `${release} does not serve ${kindOf(object)}`;
  compiled.set(key, validate);
  if (typeof validate === 'string') return [validate];
  if (validate(object.spec ?? {})) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${release}: ${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function compile({ apiVersion, kind }: Built, crds: readonly Built[]): ValidateFunction | undefined {
  const [group, name] = apiVersion.split('/');
  const crd = crds.find(({ spec }) => spec.group === group && spec.names.kind === kind);
  const version = crd?.spec.versions.find((each: Built) => each.name === name && each.served);
  if (version === undefined) return undefined;
  const schema = (version.schema ?? crd.spec.validation).openAPIV3Schema.properties.spec ?? {};
  return new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(strict(schema));
}

/** The same schema, which takes no field that it does not name. */
function strict(schema: Built): Built {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  // A field that is a number or a string has a schema that says only that.
  if (schema['x-kubernetes-int-or-string'] === true) return {};
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  return schema.properties !== undefined &&
    schema.additionalProperties === undefined &&
    schema['x-kubernetes-preserve-unknown-fields'] !== true
    ? { ...inner, additionalProperties: false }
    : inner;
}
