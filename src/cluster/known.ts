import type { KindName, Kinds, Snapshot, Unknown } from './snapshot.js';
import { unknownOf } from './unread.js';

/** Kinds that come with Istio: a cluster that does not have the kind has none of its objects. */
const withIstio: readonly KindName[] = ['envoyFilters', 'gateways', 'operators'];

/** The objects of a kind; null where they could not be read. */
export function known<K extends KindName>(snapshot: Snapshot, kind: K): readonly Kinds[K][] | null {
  const listed = snapshot.lists[kind];
  if (listed === undefined) return null;
  if ('items' in listed) return listed.items;
  return isNone(kind, listed.unknown) ? [] : null;
}

/** Everything that could not be read of these kinds, each reason once; left out: of all that were asked for. */
export function unknowns(snapshot: Snapshot, kinds = Object.keys(snapshot.lists) as KindName[]): Unknown[] {
  const found = kinds.flatMap((kind) => {
    const listed = snapshot.lists[kind];
    return listed === undefined || 'items' in listed || isNone(kind, listed.unknown) ? [] : [listed.unknown];
  });
  const together = new Map<string, Unknown[]>();
  for (const each of found) {
    const key = `${each.reason} ${each.detail}`;
    together.set(key, [...(together.get(key) ?? []), each]);
  }
  return [...together.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const all = [...new Set([first, ...others].flatMap((each) => each.kinds))];
    return [unknownOf(first.reason, snapshot.context, all, first.detail)];
  });
}

function isNone(kind: KindName, { reason }: Unknown): boolean {
  return reason === 'kind-missing' && withIstio.includes(kind);
}
