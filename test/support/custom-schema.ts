import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Built } from './kubectl.js';
import { kindOf } from './strict-schema.js';

/** The recorded schemas of kinds of Flux and of the Sail Operator. */
const { schemas }: { readonly schemas: Readonly<Record<string, object>> } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'custom-schemas.json'), 'utf8'),
);

const compiled = new Map<string, ValidateFunction>();

/** What is wrong with an object of Flux or of the Sail Operator by the schema of its kind; unknown fields are wrong. */
export function customProblems(object: Built): string[] {
  const kind = kindOf(object);
  const schema = schemas[kind];
  if (schema === undefined) return [`${kind} is not defined`];
  const validate = compiled.get(kind) ?? new Ajv({ strict: false, allErrors: true }).compile(schema);
  compiled.set(kind, validate);
  if (validate(object.spec)) return [];
  return (validate.errors ?? []).map((each) => `${each.instancePath} ${each.message} ${JSON.stringify(each.params)}`);
}
