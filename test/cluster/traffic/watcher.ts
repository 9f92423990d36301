import type { Kube } from '../kube/client.js';
import { conditionOf, type KubeObject, nameOf } from '../kube/objects.js';
import { watchKind } from '../kube/watch.js';
import { type Sample, same, type Timeline } from './timeline.js';

/** Follows entry Services from the API server's own events: no polling, so no gap is too short to be seen. */
export interface TrafficWatcher {
  timelines(): readonly Timeline[];
  /** Ready endpoints behind a Service now, by version. */
  serving(service: string): Readonly<Record<string, number>>;
  selector(service: string): Readonly<Record<string, string>> | undefined;
  stop(): void;
}

/** `isEntry` says which Services are entry Services; they are found by themselves as they appear. */
export function watchTraffic(kube: Kube, isEntry: (service: KubeObject) => boolean): TrafficWatcher {
  const samples = new Map<string, Sample[]>();
  /** Kept after a pod is gone: its endpoint may outlive it by an event. */
  const versions = new Map<string, string>();
  const pods = watchKind(kube, '/api/v1/pods', ({ object }) => {
    const version = object.metadata.labels?.version;
    if (version !== undefined) versions.set(nameOf(object), version);
    record();
  });
  const services = watchKind(kube, '/api/v1/services', record);
  const slices = watchKind(kube, '/apis/discovery.k8s.io/v1/endpointslices', record);

  function record(): void {
    // The first events arrive while the other watches are being made.
    if (services === undefined || slices === undefined || pods === undefined) return;
    for (const [name, service] of services.items) {
      if (!isEntry(service)) continue;
      const history = samples.get(name) ?? [];
      samples.set(name, history);
      const sample: Sample = {
        at: Date.now(),
        selector: service.spec.selector ?? {},
        serving: servingOf(service),
        prepared: preparedOf(service),
      };
      const last = history.at(-1);
      if (
        last === undefined ||
        !same(last.selector, sample.selector) ||
        !same(last.serving, sample.serving) ||
        !same(last.prepared, sample.prepared)
      )
        history.push(sample);
    }
  }

  function servingOf({ metadata }: KubeObject): Record<string, number> {
    const counts: Record<string, number> = {};
    const counted = new Set<string>();
    for (const slice of slices.items.values()) {
      if (
        slice.metadata.namespace !== metadata.namespace ||
        slice.metadata.labels?.['kubernetes.io/service-name'] !== metadata.name
      )
        continue;
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

  function preparedOf({ metadata, spec }: KubeObject): Record<string, number> {
    const { version: _, ...shared } = (spec.selector ?? {}) as Record<string, string>;
    const counts: Record<string, number> = {};
    for (const pod of pods.items.values()) {
      const labels = pod.metadata.labels ?? {};
      const matches =
        pod.metadata.namespace === metadata.namespace &&
        Object.entries(shared).every(([key, value]) => labels[key] === value);
      if (!matches || pod.metadata.deletionTimestamp !== undefined || conditionOf(pod, 'Ready')?.status !== 'True')
        continue;
      const version = labels.version ?? 'unknown';
      counts[version] = (counts[version] ?? 0) + 1;
    }
    return counts;
  }

  const last = (service: string): Sample | undefined => samples.get(service)?.at(-1);
  return {
    timelines: () => [...samples].map(([service, history]) => ({ service, samples: history })),
    serving: (service) => last(service)?.serving ?? {},
    selector: (service) => last(service)?.selector,
    stop() {
      for (const watch of [pods, services, slices]) watch.stop();
    },
  };
}
