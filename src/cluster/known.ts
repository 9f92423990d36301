import type { KindName, Kinds, Snapshot, Unknown } from './snapshot.js';

/** The objects of a kind; null where they could not be read. */
export function known<K extends KindName>(snapshot: Snapshot, kind: K): readonly Kinds[K][] | null {
  const listed = snapshot.lists[kind];
  return listed !== undefined && 'items' in listed ? listed.items : null;
}

/** The same, where a cluster without the kind has none of its objects: Istio's own kinds before Istio is there. */
export function knownOrNone<K extends KindName>(snapshot: Snapshot, kind: K): readonly Kinds[K][] | null {
  const listed = snapshot.lists[kind];
  if (listed !== undefined && 'unknown' in listed && listed.unknown.reason === 'kind-missing') return [];
  return known(snapshot, kind);
}

/** Everything that could not be read of these kinds, each reason once; left out: of all that were asked for. */
export function unknowns(snapshot: Snapshot, kinds = Object.keys(snapshot.lists) as KindName[]): Unknown[] {
  const found = kinds.flatMap((kind) => {
    const listed = snapshot.lists[kind];
    return listed !== undefined && 'unknown' in listed ? [listed.unknown] : [];
  });
  return [...new Map(found.map((unknown) => [unknown.message, unknown])).values()];
}
