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

/** `isEntry` says which Services are entry Services; they are found by themselves as they appear. */
export function createSampler(isEntry: (service: Service) => boolean): Sampler {
  const samples = new Map<string, Sample[]>();
  /** Kept after a pod is gone: its endpoint may outlive it by an event. */
  const versions = new Map<string, string>();

  return {
    record({ services, slices, pods }) {
      for (const [name, { metadata }] of pods) {
        const version = metadata.labels?.['version'];
        if (version !== undefined) versions.set(name, version);
      }
      let changed = false;
      for (const [name, service] of services) {
        if (!isEntry(service)) continue;
        const history = samples.get(name) ?? [];
        samples.set(name, history);
        const selector = service.spec.selector ?? {};
        const serving = servingOf(service, slices, versions);
        const prepared = preparedOf(service, pods);
        const last = history.at(-1);
        const still =
          last !== undefined &&
          same(last.selector, selector) &&
          same(last.serving, serving) &&
          same(last.prepared, prepared);
        if (still) continue;
        history.push({ at: Date.now(), selector, serving, prepared });
        changed = true;
      }
      return changed;
    },
    timelines: () => [...samples].map(([service, history]) => ({ service, samples: history })),
    last: (service) => samples.get(service)?.at(-1),
  };
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

/** Ready pods with the Service's labels, its version aside: all that it could select. */
function preparedOf({ metadata, spec }: Service, pods: ReadonlyMap<string, WatchedPod>): Record<string, number> {
  const { version: _, ...shared } = spec.selector ?? {};
  const counts: Record<string, number> = {};
  for (const { metadata: pod, status } of pods.values()) {
    const labels = pod.labels ?? {};
    const matches =
      pod.namespace === metadata.namespace && Object.entries(shared).every(([key, value]) => labels[key] === value);
    const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
    if (!matches || !ready || pod.deletionTimestamp !== undefined) continue;
    const version = labels['version'] ?? 'unknown';
    counts[version] = (counts[version] ?? 0) + 1;
  }
  return counts;
}
