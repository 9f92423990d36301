import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KindName, Snapshot } from '../../src/cluster/snapshot.js';
import { unknownOf } from '../../src/cluster/unread.js';
import type { Mesh } from '../../src/model/mesh.js';
import { aMesh, upgraded } from '../support/a-mesh.js';

/** The mesh of the cluster that was recorded: blended, from 1.20.8 to 1.21.6, by Flux. */
export const blended: Mesh = upgraded(aMesh({ version: '1.20.8', engine: 'flux' }), '1.21.6', 'blend');

/** A snapshot that `test/cluster/scenarios/status-against-the-real-thing` recorded from a real API server. */
export function recorded(name: 'blend' | 'more-old-gateways'): Snapshot {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'recorded', `${name}.json`), 'utf8')) as Snapshot;
}

/** The same, with an edit of the objects of one kind: what a person or a fault did in the cluster. */
export function changed(snapshot: Snapshot, kind: KindName, edit: (items: Loose[]) => Loose[]): Snapshot {
  const list = snapshot.lists[kind];
  const items = list !== undefined && 'items' in list ? (structuredClone(list.items) as unknown as Loose[]) : [];
  return { ...snapshot, lists: { ...snapshot.lists, [kind]: { items: edit(items) } } } as Snapshot;
}

/** The same, where one kind may not be read. */
export function without(snapshot: Snapshot, kind: KindName): Snapshot {
  const unknown = unknownOf('forbidden', snapshot.context, [kind]);
  return { ...snapshot, lists: { ...snapshot.lists, [kind]: { unknown } } };
}

/** An object of any kind. */
// biome-ignore lint/suspicious/noExplicitAny: objects of any kind are edited here; each test knows its own.
export type Loose = { metadata: any; [field: string]: any };
