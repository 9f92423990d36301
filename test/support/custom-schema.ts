import { Ajv, type ValidateFunction } from 'ajv';
import type { Built } from './kubectl.js';

const compiled = new Map<string, ValidateFunction>();

/** What is wrong with an object by the schema of its kind among these CustomResourceDefinitions; unknown fields are wrong. */
export function customProblems(object: Built, definitions: readonly Built[]): string[] {
  const [group, name] = object.apiVersion.split('/');
  const version = definitions
    .find(({ spec }) => spec.group === group && spec.names.kind === object.kind)
    ?.spec.versions.find((each: Built) => each.name === name);
  if (version === undefined) return [`${object.apiVersion} ${object.kind} is not defined`];
  const key = `${object.apiVersion} ${object.kind}`;
  const validate =
    compiled.get(key) ??
    new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(
      strict(version.schema.openAPIV3Schema.properties.spec),
    );
  compiled.set(key, validate);
  if (validate(object.spec)) return [];
  return (validate.errors ?? []).map((each) => `${each.instancePath} ${each.message} ${JSON.stringify(each.params)}`);
}

/** The same schema, which takes no field that it does not name. */
function strict(schema: Built): Built {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  // Where a field is a number or a string, its schema says only that.
  if (schema['x-kubernetes-int-or-string'] === true) return {};
  return schema.properties !== undefined &&
    schema.additionalProperties === undefined &&
    schema['x-kubernetes-preserve-unknown-fields'] !== true
    ? { ...inner, additionalProperties: false }
    : inner;
}
