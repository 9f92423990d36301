import type { EndpointSlice, Metadata, Service } from './snapshot.js';
import { type Sample, same, type Timeline } from './timeline.js';

/** A pod, as far as its readiness goes. */
export interface WatchedPod {
  readonly metadata: Metadata;
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** What is watched, as of the last event, by `namespace/name`. */
export interface Watched {
  readonly services: ReadonlyMap<string, Service>;
  readonly slices: ReadonlyMap<string, EndpointSlice>;
  readonly pods: ReadonlyMap<string, WatchedPod>;
}

/** Turns events into the histories of entry Services: a sample wherever something changed. */
export interface Sampler {
  /** Looks at what is there now. Returns whether anything has changed. */
  record(watched: Watched): boolean;
  timelines(): readonly Timeline[];
  /** The last sample of a Service. */
  last(service: string): Sample | undefined;
}

/**
 * `isEntry` says which Services are entry Services; they are found by themselves as they appear.
 *
 * `expected`: those that must be there, by `namespace/name`: one that is missing has a history, too, of nothing that serves.
 */
export function createSampler(isEntry: (service: Service) => boolean, expected: Iterable<string> = []): Sampler {
  const samples = new Map<string, Sample[]>([...expected].map((name) => [name, []]));
  /** Kept after a pod is gone: its endpoint may outlive it by an event. */
  const versions = new Map<string, string>();

  return {
    record({ services, slices, pods }) {
      for (const [name, { metadata }] of pods) {
        const version = metadata.labels?.['version'];
        if (version !== undefined) versions.set(name, version);
      }
      for (const [name, service] of services) if (isEntry(service) && !samples.has(name)) samples.set(name, []);
      let changed = false;
      for (const [name, history] of samples) {
        const sample = sampleOf(services.get(name), slices, pods, versions);
        const last = history.at(-1);
        if (last !== undefined && unchanged(last, sample)) continue;
        history.push(sample);
        changed = true;
      }
      return changed;
    },
    timelines: () => [...samples].map(([service, history]) => ({ service, samples: history })),
    last: (service) => samples.get(service)?.at(-1),
  };
}

function unchanged(one: Sample, other: Sample): boolean {
  return (
    one.selected === other.selected &&
    same(one.selector, other.selector) &&
    same(one.serving, other.serving) &&
    same(one.prepared, other.prepared)
  );
}

/** A Service that is gone serves nothing, and so does one without a selector: its endpoints are those of the past. */
function sampleOf(
  service: Service | undefined,
  slices: Watched['slices'],
  pods: Watched['pods'],
  versions: ReadonlyMap<string, string>,
): Sample {
  const at = Date.now();
  const selector = service?.spec.selector ?? {};
  if (service === undefined || Object.keys(selector).length === 0) {
    return { at, selector, serving: {}, prepared: {}, selected: 0 };
  }
  const { version: _, ...shared } = selector;
  const { namespace } = service.metadata;
  const prepared: Record<string, number> = {};
  for (const { metadata } of readyPods(pods, namespace, shared)) {
    const version = metadata.labels?.['version'] ?? 'unknown';
    prepared[version] = (prepared[version] ?? 0) + 1;
  }
  const selected = readyPods(pods, namespace, selector).length;
  return { at, selector, serving: servingOf(service, slices, versions), prepared, selected };
}

/** Ready endpoints of a Service by version, each pod once, whatever slice it is in. */
function servingOf(
  { metadata }: Service,
  slices: ReadonlyMap<string, EndpointSlice>,
  versions: ReadonlyMap<string, string>,
): Record<string, number> {
  const counts: Record<string, number> = {};
  const counted = new Set<string>();
  for (const slice of slices.values()) {
    const own = slice.metadata.labels?.['kubernetes.io/service-name'] === metadata.name;
    if (!own || slice.metadata.namespace !== metadata.namespace) continue;
    for (const { conditions, targetRef, addresses } of slice.endpoints ?? []) {
      const pod = `${metadata.namespace}/${targetRef?.name ?? addresses[0]}`;
      if (conditions?.ready === false || counted.has(pod)) continue;
      counted.add(pod);
      const version = versions.get(pod) ?? 'unknown';
      counts[version] = (counts[version] ?? 0) + 1;
    }
  }
  return counts;
}

function readyPods(
  pods: Watched['pods'],
  namespace: string | undefined,
  labels: Readonly<Record<string, string>>,
): WatchedPod[] {
  return [...pods.values()].filter(
    ({ metadata, status }) =>
      metadata.namespace === namespace &&
      Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value) &&
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True',
  );
}
