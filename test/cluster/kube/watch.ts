import { request } from 'node:https';
import { sleep } from '../clock.js';
import type { Kube } from './client.js';
import { type KubeObject, nameOf } from './objects.js';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface Watch {
  /** The objects as of the last event, by `namespace/name`. */
  readonly items: ReadonlyMap<string, KubeObject>;
  /** Resolves after the first list. */
  readonly started: Promise<void>;
  stop(): void;
}

/**
 * Follows a kind by the API server's own events: list once, then watch from that resource version.
 *
 * When the connection is lost it goes on where it was; when history is gone (410) it lists again and hands on what changed.
 */
export function watchKind(kube: Kube, path: string, onEvent: (event: WatchEvent) => void): Watch {
  const items = new Map<string, KubeObject>();
  let stopped = false;
  let abort: () => void = () => {};
  let ready: () => void = () => {};
  const started = new Promise<void>((resolve) => {
    ready = resolve;
  });

  function take(event: WatchEvent): void {
    const key = nameOf(event.object);
    if (event.type === 'DELETED') items.delete(key);
    else items.set(key, event.object);
    onEvent(event);
  }

  async function relist(): Promise<string> {
    const list = await kube.get<{ metadata: { resourceVersion: string }; items?: KubeObject[] }>(path);
    const present = new Set<string>();
    for (const object of list.items ?? []) {
      const key = nameOf(object);
      present.add(key);
      const before = items.get(key);
      if (before === undefined) take({ type: 'ADDED', object });
      else if (before.metadata.resourceVersion !== object.metadata.resourceVersion) take({ type: 'MODIFIED', object });
    }
    for (const [key, object] of [...items]) if (!present.has(key)) take({ type: 'DELETED', object });
    return list.metadata.resourceVersion;
  }

  /** Reads one watch connection to its end and returns the version to go on from, or undefined when it must list again. */
  function follow(version: string): Promise<string | undefined> {
    return new Promise((resolve) => {
      let last: string | undefined = version;
      let rest = '';
      const query = `watch=1&allowWatchBookmarks=true&resourceVersion=${version}&timeoutSeconds=1800`;
      const outgoing = request(kube.requestOptions('GET', `${path}?${query}`), (response) => {
        const refused = response.statusCode !== 200;
        if (refused) last = response.statusCode === 410 ? undefined : last;
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          // A server that is starting answers with a Status, which is no event.
          if (refused) return;
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) if (line !== '') last = readLine(line, last);
        });
        response.on('close', () => resolve(last));
        response.on('error', () => resolve(last));
      });
      abort = () => outgoing.destroy();
      outgoing.on('error', () => resolve(last));
      outgoing.end();
    });
  }

  function readLine(line: string, last: string | undefined): string | undefined {
    const event = JSON.parse(line) as { type: string; object: KubeObject };
    if (event.type === 'ERROR') return undefined;
    if (event.type !== 'BOOKMARK') take(event as WatchEvent);
    return event.object.metadata.resourceVersion ?? last;
  }

  async function run(): Promise<void> {
    let version: string | undefined;
    while (!stopped) {
      try {
        version ??= await relist();
        ready();
        version = await follow(version);
      } catch {
        version = undefined;
      }
      if (!stopped) await sleep(100);
    }
  }

  void run();
  return {
    items,
    started,
    stop() {
      stopped = true;
      abort();
    },
  };
}
