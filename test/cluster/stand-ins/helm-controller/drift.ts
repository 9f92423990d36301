import { isDeepStrictEqual } from 'node:util';
import type { Kube } from '../../kube/client.js';
import { type KubeObject, objectPath } from '../../kube/objects.js';

const fieldManager = 'helm-controller';

/** An entry of `spec.driftDetection.ignore`. */
export interface IgnoreRule {
  readonly target?: { readonly group?: string; readonly kind?: string; readonly name?: string };
  /** JSON pointers. */
  readonly paths: readonly string[];
}

/** One object of a release that is not as its manifest says. */
export interface Drift {
  readonly object: KubeObject;
  /** RFC 6902; undefined when the object is gone. */
  readonly patch: readonly Operation[] | undefined;
}

interface Operation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

/**
 * What an apply of the manifest would change, as the API server itself answers a dry run: so what it defaults, and what
 * others own and the manifest does not name, is no drift.
 */
export async function driftOf(
  kube: Kube,
  objects: readonly KubeObject[],
  rules: readonly IgnoreRule[],
): Promise<readonly Drift[]> {
  const drifts: Drift[] = [];
  for (const object of objects) {
    const live = await kube.find(objectPath(object));
    if (live === undefined) {
      drifts.push({ object, patch: undefined });
      continue;
    }
    const dryRun = `${objectPath(object)}?fieldManager=${fieldManager}&force=true&dryRun=All`;
    const wanted = await kube.request('PATCH', dryRun, object, 'application/apply-patch+yaml');
    const ignored = rules.filter((rule) => matches(object, rule)).flatMap(({ paths }) => paths);
    const patch = difference(strip(live), strip(wanted)).filter(({ path }) => !ignored.includes(path));
    if (patch.length > 0) drifts.push({ object, patch });
  }
  return drifts;
}

/** Makes the object as the manifest says again. */
export async function correct(kube: Kube, { object, patch }: Drift): Promise<void> {
  if (patch === undefined) await kube.apply(object, fieldManager);
  else
    await kube.request(
      'PATCH',
      `${objectPath(object)}?fieldManager=${fieldManager}`,
      patch,
      'application/json-patch+json',
    );
}

function matches({ apiVersion = '', kind = '', metadata }: KubeObject, { target }: IgnoreRule): boolean {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const fits = (value: string, expression: string | undefined): boolean =>
    expression === undefined || new RegExp(`^(${expression})$`).test(value);
  return fits(group, target?.group) && fits(kind, target?.kind) && fits(metadata.name, target?.name);
}

/** Without what every write changes. */
function strip({ metadata, status: _, ...rest }: KubeObject): object {
  const changing = new Set(['managedFields', 'resourceVersion', 'generation']);
  const kept = Object.entries(metadata).filter(([field]) => !changing.has(field));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

function difference(from: unknown, to: unknown, path = ''): readonly Operation[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (!isTree(from) || !isTree(to) || Array.isArray(from) !== Array.isArray(to))
    return [{ op: 'replace', path, value: to }];
  if (Array.isArray(from) && Array.isArray(to) && from.length !== to.length)
    return [{ op: 'replace', path, value: to }];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return keys.flatMap((key): readonly Operation[] => {
    const below = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!(key in to)) return [{ op: 'remove', path: below }];
    if (!(key in from)) return [{ op: 'add', path: below, value: to[key] }];
    return difference(from[key], to[key], below);
  });
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
