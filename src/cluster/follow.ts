import type { Client } from './client.js';
import type { Metadata, Unknown } from './snapshot.js';
import { Unread } from './unread.js';

/** Seconds after which the server ends a watch, and milliseconds after which the client does: a connection that is half dead is noticed. */
const turn = 60;
const patience = 75_000;
/** Milliseconds until the next attempt where the connection is lost. */
const pause = 1000;

/** Objects of one kind, kept as they are by the API server's own events. */
export interface Followed<T> {
  /** As of the last event, by `namespace/name`. */
  readonly items: ReadonlyMap<string, T>;
  /** Resolves after the first list; rejects with Unread where that cannot be read. */
  readonly started: Promise<void>;
}

/** What whoever follows is told. */
export interface Listener {
  /** Something has changed. */
  readonly onChange: () => void;
  /** The connection is lost: until `onSight`, what happens is not known, or known too late. */
  readonly onBlind: (why: Unknown) => void;
  readonly onSight: () => void;
}

/**
 * Follows a path: one list, then a watch from its resourceVersion, and after each connection from the last event on, so that
 * none is missed (kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes). Where the server has
 * forgotten that version (410), it lists again.
 */
export function follow<T extends { readonly metadata: Metadata }>(
  client: Client,
  path: string,
  what: string,
  { onChange, onBlind, onSight }: Listener,
  signal: AbortSignal,
): Followed<T> {
  const items = new Map<string, T>();
  let version: string | undefined;

  async function relist(): Promise<void> {
    const list = (await client.get(path, what)) as {
      readonly metadata: { readonly resourceVersion: string };
      readonly items?: readonly T[];
    };
    items.clear();
    for (const object of list.items ?? []) items.set(keyOf(object), object);
    version = list.metadata.resourceVersion;
    onChange();
  }

  function take(line: string): void {
    const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: T & Versioned };
    if (type === 'ERROR') {
      version = undefined;
      return;
    }
    version = object.metadata.resourceVersion;
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') items.delete(keyOf(object));
    else items.set(keyOf(object), object);
    onChange();
  }

  /** One connection, to its end. */
  async function watchOnce(): Promise<void> {
    const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${version}&timeoutSeconds=${turn}`;
    const late = AbortSignal.timeout(patience);
    try {
      await client.follow(`${path}?${query}`, what, take, AbortSignal.any([signal, late]));
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Unread && error.unknown.message.includes('HTTP 410')) version = undefined;
      else throw error;
    }
  }

  async function run(): Promise<void> {
    let blind = false;
    while (!signal.aborted) {
      try {
        // A list also shows that the connection is back.
        if (version === undefined || blind) await relist();
        if (blind) onSight();
        blind = false;
        await watchOnce();
      } catch (error) {
        if (!(error instanceof Unread)) throw error;
        if (signal.aborted) return;
        if (!blind) onBlind(error.unknown);
        blind = true;
        await sleep(pause, signal);
      }
    }
  }

  const started = relist();
  started.then(run, () => {});
  return { items, started };
}

interface Versioned {
  readonly metadata: { readonly resourceVersion: string };
}

function keyOf({ metadata: { namespace, name } }: { readonly metadata: Metadata }): string {
  return `${namespace}/${name}`;
}

/** Waits, or until the signal. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
  });
}
