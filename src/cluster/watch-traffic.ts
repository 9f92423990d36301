import { engines } from '../catalog/catalog.js';
import type { EngineObject, SyncState } from '../catalog/engines/engine.js';
import { gatewayNamespace, gatewayNamespaces } from '../catalog/namespaces.js';
import type { Mesh } from '../model/mesh.js';
import type { Mark } from './chart.js';
import { connect } from './client.js';
import { type Followed, follow, type Listener } from './follow.js';
import { createSampler, type WatchedPod } from './sampler.js';
import type { EndpointSlice, Service } from './snapshot.js';
import type { Sample, Timeline } from './timeline.js';
import { Unread } from './unread.js';

/** A time in which the connection was lost, in milliseconds since the epoch. */
export interface Blind {
  readonly from: number;
  /** Undefined: it lasts. */
  to?: number;
  /** One sentence: why. */
  readonly why: string;
}

/** What is seen of a cluster's traffic while it is watched. */
export interface TrafficWatch {
  timelines(): readonly Timeline[];
  /** What an entry Service looks like now, by `namespace/name`. */
  last(service: string): Sample | undefined;
  /** How far the delivery engine is. */
  engine(): readonly SyncState[];
  /** What happened: switches of the engine's state. */
  readonly marks: readonly Mark[];
  readonly blind: readonly Blind[];
}

/**
 * Watches the entry Services of a cluster, their endpoints, the gateways' pods and the delivery engine, by the API server's
 * own events: nothing is asked again and again, so no gap is too short to be seen. Throws Unread where it cannot begin.
 *
 * `onChange` is told after every change, until the signal.
 */
export async function watchTraffic(
  context: string,
  mesh: Mesh,
  cluster: string,
  onChange: () => void,
  signal: AbortSignal,
): Promise<TrafficWatch> {
  const client = await connect(context);
  const names = new Set(Object.keys(mesh.gateways).map((name) => `${gatewayNamespace(mesh, name)}/${name}`));
  const sampler = createSampler(({ metadata: { namespace, name } }) => names.has(`${namespace}/${name}`), names);
  const marks: Mark[] = [];
  const blind: Blind[] = [];
  let begun = false;
  let engineBefore = '';

  const engine = (): SyncState[] =>
    engines[mesh.engine].shownIn(cluster).flatMap((name) => {
      const object = all(objects).find(([, { metadata }]) => metadata.name === name)?.[1];
      return object === undefined ? [] : [{ name, ...engines[mesh.engine].syncState(object) }];
    });

  function changed(): void {
    if (!begun) return;
    const sampled = sampler.record({
      services: new Map(all(services)),
      slices: new Map(all(slices)),
      pods: new Map(all(pods)),
    });
    const moved = markEngine();
    if (sampled || moved) onChange();
  }

  /** A mark wherever the engine's state is another one: a commit that comes, a layer that waits. */
  function markEngine(): boolean {
    const states = engine();
    const commits = [...new Set(states.map(({ revision }) => revision.slice(0, 8)))].join(', ');
    const waits = states.filter(({ settled }) => !settled);
    const text = `${mesh.engine} ${commits}: ${waits.length === 0 ? 'settled' : waits.map(({ name, state }) => `${name} ${state}`).join(', ')}`;
    if (states.length === 0 || text === engineBefore) return false;
    engineBefore = text;
    marks.push({ at: Date.now(), kind: waits.length === 0 ? 'synced' : 'commit', text });
    return true;
  }

  /** One watch a namespace, so that the right to watch there is enough. */
  function followIn<T extends Service | EndpointSlice | WatchedPod | EngineObject>(
    path: string,
    what: string,
    namespaces: readonly string[],
  ): Followed<T>[] {
    return namespaces.map((namespace) => {
      let lost: Blind | undefined;
      const listener: Listener = {
        onChange: changed,
        onBlind: ({ message }) => {
          lost = { from: Date.now(), why: message };
          blind.push(lost);
          onChange();
        },
        onSight: () => {
          if (lost !== undefined) lost.to = Date.now();
          onChange();
        },
      };
      const inNamespace = path.replace(/\/([^/]+)$/, `/namespaces/${namespace}/$1`);
      return follow<T>(client, inNamespace, what, listener, signal);
    });
  }

  const own = gatewayNamespaces(mesh);
  const services = followIn<Service>('/api/v1/services', 'services', own);
  const slices = followIn<EndpointSlice>(
    '/apis/discovery.k8s.io/v1/endpointslices',
    'endpointslices.discovery.k8s.io',
    own,
  );
  const pods = followIn<WatchedPod>('/api/v1/pods', 'pods', own);
  const { paths, what, namespaces } = engines[mesh.engine].shownBy;
  const objects = followIn<EngineObject>(paths[0] ?? '', what, namespaces);
  // Where the engine cannot be read, the traffic can be followed all the same.
  await Promise.all([...services, ...slices, ...pods].map(({ started }) => started));
  for (const started of await Promise.allSettled(objects.map((each) => each.started))) {
    if (started.status === 'fulfilled') continue;
    if (!(started.reason instanceof Unread)) throw started.reason;
    const { message } = started.reason.unknown;
    marks.push({ at: Date.now(), kind: 'note', text: `${mesh.engine} is not followed: ${message}` });
  }
  begun = true;
  changed();
  return { timelines: sampler.timelines, last: sampler.last, engine, marks, blind };
}

function all<T>(followed: readonly Followed<T>[]): [string, T][] {
  return followed.flatMap(({ items }) => [...items]);
}
