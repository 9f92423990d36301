import { createSampler, type Watched } from '../../../src/cluster/sampler.js';
import type { Timeline } from '../../../src/cluster/timeline.js';
import type { Kube } from '../kube/client.js';
import type { KubeObject } from '../kube/objects.js';
import { watchKind } from '../kube/watch.js';

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

/** `isEntry` says which Services are entry Services; they are found by themselves as they appear. Judged as `watch` judges. */
export function watchTraffic(kube: Kube, isEntry: (service: KubeObject) => boolean): TrafficWatcher {
  const sampler = createSampler((service) => isEntry(service as unknown as KubeObject));
  const pods = watchKind(kube, '/api/v1/pods', record);
  const services = watchKind(kube, '/api/v1/services', record);
  const slices = watchKind(kube, '/apis/discovery.k8s.io/v1/endpointslices', record);

  function record(): void {
    // The first events arrive while the other watches are being made.
    if (services === undefined || slices === undefined || pods === undefined) return;
    const watched = { services: services.items, slices: slices.items, pods: pods.items };
    sampler.record(watched as unknown as Watched);
  }

  return {
    timelines: () => sampler.timelines(),
    serving: (service) => sampler.last(service)?.serving ?? {},
    selector: (service) => sampler.last(service)?.selector,
    stop() {
      for (const watch of [pods, services, slices]) watch.stop();
    },
  };
}
