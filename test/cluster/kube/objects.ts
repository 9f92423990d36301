/** Any object of the API, as far as the harness looks into it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind pass through here; each reader knows its own.
  [field: string]: any;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: { kind: string; name: string; uid: string }[];
  managedFields?: { manager: string; time?: string; subresource?: string }[];
}

const irregular: Readonly<Record<string, string>> = { Endpoints: 'endpoints' };

/** The plural by which the API names a kind: Gateway → gateways, ServiceEntry → serviceentries. */
export function pluralOf(kind: string): string {
  const known = irregular[kind];
  if (known !== undefined) return known;
  const name = kind.toLowerCase();
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(name) ? `${name}es` : `${name}s`;
}

/** The URL path of a kind, in one namespace or over all. */
export function kindPath(apiVersion: string, kind: string, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `${root}${scope}/${pluralOf(kind)}`;
}

/** The URL path of one object. */
export function objectPath({ apiVersion, kind, metadata }: KubeObject): string {
  return `${kindPath(apiVersion ?? 'v1', kind ?? '', metadata.namespace)}/${metadata.name}`;
}

/** `namespace/name`, or the name alone of a cluster-scoped object. */
export function nameOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** A condition's status in `status.conditions`: 'True', 'False', 'Unknown', or undefined. */
export function conditionOf(
  object: KubeObject,
  type: string,
): { status: string; reason?: string; message?: string } | undefined {
  return object.status?.conditions?.find((condition: { type: string }) => condition.type === type);
}

/** When somebody last changed the object itself, not its status: an RFC 3339 time. */
export function lastWritten({ metadata }: KubeObject): string {
  const own = (metadata.managedFields ?? []).filter(({ subresource }) => subresource === undefined);
  const times = own.map(({ time }) => time ?? '').sort();
  return times.at(-1) ?? '';
}
