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

/** Why istiods were not asked for their proxies, each reason once. Nothing depends on it: the pods' annotations are known. */
export function unasked(snapshot: Snapshot): Unknown[] {
  return once((known(snapshot, 'istiods') ?? []).flatMap(({ proxies }) => (isNumber(proxies) ? [] : [proxies])));
}

/** How many proxies are connected to the control plane of a revision; null where one of its istiods, or none, says so. */
export function connected(snapshot: Snapshot, revision: string): number | null {
  const answers = answersOf(snapshot, revision);
  return answers.length > 0 && answers.every(isNumber) ? connectedAtLeast(snapshot, revision) : null;
}

/** The same of those of its istiods that say it: so many there are in any case. */
export function connectedAtLeast(snapshot: Snapshot, revision: string): number {
  return answersOf(snapshot, revision)
    .filter(isNumber)
    .reduce((sum, proxies) => sum + proxies, 0);
}

function answersOf(snapshot: Snapshot, revision: string): (number | Unknown)[] {
  return (known(snapshot, 'istiods') ?? [])
    .filter(({ metadata: { labels } }) => (labels?.['istio.io/rev'] ?? 'default') === revision)
    .map(({ proxies }) => proxies);
}

function isNumber(value: number | Unknown): value is number {
  return typeof value === 'number';
}

function once(unknown: readonly Unknown[]): Unknown[] {
  return [...new Map(unknown.map((each) => [each.message, each])).values()];
}

function isNone(kind: KindName, { reason }: Unknown): boolean {
  return reason === 'kind-missing' && withIstio.includes(kind);
}
