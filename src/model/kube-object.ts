/** A map of anything, as YAML and JSON have it. */
export type Fields = Readonly<Record<string, unknown>>;

/** A Kubernetes object as kustomize built it. People edit what it is built from, so nothing below `metadata` can be relied on. */
export interface KubeObject extends Fields {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Fields & { readonly name: string; readonly namespace?: string };
}

/** An object, and where it comes from. */
export interface Located {
  readonly object: KubeObject;
  /** The file that it is written in, relative to the repository's root. */
  readonly file: string;
  /** The folder of the cluster that brings it; left out for what hands a cluster over. */
  readonly layer?: string;
}

/** Whether a value is an object of Kubernetes: it has a version, a kind and a name. */
export function isKubeObject(value: unknown): value is KubeObject {
  return (
    isFields(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isFields(value['metadata']) &&
    typeof value['metadata']['name'] === 'string'
  );
}

/** What is at a path such as `spec.template.metadata`; undefined where a part of it is not there, or is no map. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((below, key) => (isFields(below) && Object.hasOwn(below, key) ? below[key] : undefined), value);
}

/** The map at a path; empty where there is none. */
export function mapAt(value: unknown, path: string): Fields {
  const found = at(value, path);
  return isFields(found) ? found : {};
}

/** The list at a path; empty where there is none. */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The string at a path; empty where there is none. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path);
  return typeof found === 'string' ? found : '';
}

/** The labels and annotations of an object. */
export const labelsOf = (object: KubeObject): Fields => mapAt(object, 'metadata.labels');
export const annotationsOf = (object: KubeObject): Fields => mapAt(object, 'metadata.annotations');

/** The group of an API version: apps/v1 → apps; of the core, nothing. */
export function groupOf({ apiVersion }: KubeObject): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** What tells one object from another in a cluster, whatever version of its API is written: group, kind, namespace and name. */
export function identityOf(object: KubeObject): string {
  return `${groupOf(object)} ${nameOf(object)}`;
}

/** "Kind namespace/name" of an object, to say which one is meant. */
export function nameOf({ kind, metadata: { namespace, name } }: KubeObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** Whether two values are the same, whatever the order of their keys. */
export function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** A value as text with sorted keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value) ?? 'null';
  const pairs = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join(',')}}`;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
