import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { minorOf } from '../../src/catalog/versions.js';
import type { Built } from './kubectl.js';
import { kindOf } from './strict-schema.js';

/** The recorded schemas: for each kind the minors that serve it, by the index of the schema. */
const recorded: {
  readonly served: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly schemas: readonly object[];
} = JSON.parse(readFileSync(join(import.meta.dirname, 'istio-schemas.json'), 'utf8'));

const compiled = new Map<string, ValidateFunction>();

/** What is wrong with a resource of Istio's in the eyes of the minor of a version; unknown fields are wrong. */
export function istioProblems(object: Built, version: string): string[] {
  const minor = Number(minorOf(version).slice(2));
  const [index] =
    Object.entries(recorded.served[kindOf(object)] ?? {}).find(([, range]) => {
      const [first = 0, last = 0] = range.split('..').map((each) => Number(each.slice(2)));
      return first <= minor && minor <= last;
    }) ?? [];
  if (index === undefined) return [`${minorOf(version)} does not serve ${kindOf(object)}`];
  const validate = compiled.get(index) ?? new Ajv({ strict: false }).compile(recorded.schemas[Number(index)] ?? {});
  compiled.set(index, validate);
  return validate(object.spec ?? {})
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
}
