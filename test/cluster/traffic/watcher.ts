import { isDeepStrictEqual } from 'node:util';
import type { Kube } from '../kube/client.js';
import { conditionOf, type KubeObject, nameOf } from '../kube/objects.js';
import { watchKind } from '../kube/watch.js';
import type { Sample, Timeline } from './timeline.js';

/**
 * Follows entry Services from the API server's own events: no polling, so no gap is too short to be seen, but for the
 * moment in which an API server starts: what came and went before the watch was back is not seen.
 */
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
    for (const [name, service] of services.items) if (isEntry(service) && !samples.has(name)) samples.set(name, []);
    for (const [name, history] of samples) {
      const sample = sampleOf(services.items.get(name));
      const { at: _, ...now } = sample;
      const { at: __, ...before } = history.at(-1) ?? { at: 0 };
      if (!isDeepStrictEqual(now, before)) history.push(sample);
    }
  }

  /** A Service that is gone serves nothing, and so does one without a selector: its endpoints are those of the past. */
  function sampleOf(service: KubeObject | undefined): Sample {
    const selector: Record<string, string> = service?.spec.selector ?? {};
    if (service === undefined || Object.keys(selector).length === 0)
      return { at: Date.now(), selector, serving: {}, prepared: {}, selected: 0 };
    const { version: _, ...shared } = selector;
    const { namespace = '' } = service.metadata;
    return {
      at: Date.now(),
      selector,
      serving: servingOf(service),
      prepared: countOf(readyPods(namespace, shared)),
      selected: readyPods(namespace, selector).length,
    };
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

  function readyPods(namespace: string, labels: Readonly<Record<string, string>>): KubeObject[] {
    return [...pods.items.values()].filter(
      (pod) =>
        pod.metadata.namespace === namespace &&
        Object.entries(labels).every(([key, value]) => pod.metadata.labels?.[key] === value) &&
        pod.metadata.deletionTimestamp === undefined &&
        conditionOf(pod, 'Ready')?.status === 'True',
    );
  }

  function countOf(found: readonly KubeObject[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { metadata } of found) {
      const version = metadata.labels?.version ?? 'unknown';
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
