import type { KubeObject } from '../kube/objects.js';

/** How a pod misbehaves. All of it is about readiness: what a Service, a Deployment and an engine see of a pod. */
export interface Fault {
  /** Seconds until it becomes ready. */
  readonly readyAfter?: number;
  /** Never ready. */
  readonly neverReady?: boolean;
  /** Seconds for which it is ready, then not, then ready again. */
  readonly flapEvery?: number;
  /** Seconds for which it is ready until its process crashes. */
  readonly crashAfter?: number;
}

/** Which pods a fault is for. All given conditions must hold. */
export interface PodMatch {
  /** The revision in the pod's label `istio.io/rev`, `1-21-6`. */
  readonly revision?: string;
  readonly role?: PodRole;
  /** A part of an image name, such as a tag. */
  readonly image?: string;
  readonly name?: RegExp;
}

export type PodRole = 'gateway' | 'control-plane' | 'operator' | 'sail-operator' | 'job' | 'other';

/**
 * Pods can also ask for a fault themselves: the annotation holds a Fault as JSON. So a commit can bring it and a commit
 * can mend it.
 */
export const faultAnnotation = 'harness.local/fault';

/** The readiness faults of one cluster, changed by scenarios at run time. */
export interface Faults {
  /** Adds a fault; the answer takes it away again. */
  set(match: PodMatch, fault: Fault): () => void;
  clear(): void;
  of(pod: KubeObject): Fault;
  /** Whether a pod with this fault may be ready that many milliseconds after its process was. */
  mayBeReady(pod: KubeObject, readyFor: number): boolean;
  /** Whether its process crashes that many milliseconds after it was ready. */
  crashes(pod: KubeObject, readyFor: number): boolean;
}

export function createFaults(): Faults {
  const rules = new Set<readonly [PodMatch, Fault]>();
  function of(pod: KubeObject): Fault {
    const own = pod.metadata.annotations?.[faultAnnotation];
    if (own !== undefined) return JSON.parse(own) as Fault;
    for (const [match, fault] of [...rules].reverse()) if (matches(pod, match)) return fault;
    return {};
  }
  return {
    of,
    set(match, fault) {
      const rule = [match, fault] as const;
      rules.add(rule);
      return () => rules.delete(rule);
    },
    clear: () => rules.clear(),
    crashes(pod, readyFor) {
      const { crashAfter } = of(pod);
      return crashAfter !== undefined && readyFor >= crashAfter * 1000;
    },
    mayBeReady(pod, readyFor) {
      const { readyAfter = 0, neverReady = false, flapEvery } = of(pod);
      if (neverReady || readyFor < readyAfter * 1000) return false;
      return flapEvery === undefined || Math.floor(readyFor / 1000 / flapEvery) % 2 === 0;
    },
  };
}

/** What a pod is, by its images and owner: the same things by which a kubelet knows what to run. */
export function roleOf(pod: KubeObject): PodRole {
  const containers: readonly { name: string; image: string; args?: string[] }[] = pod.spec.containers ?? [];
  if (pod.metadata.ownerReferences?.some(({ kind }) => kind === 'Job')) return 'job';
  if (containers.some(({ image }) => /\/pilot:/.test(image))) return 'control-plane';
  if (containers.some(({ image }) => /\/operator:/.test(image))) return 'operator';
  if (containers.some(({ image }) => /\/sail-operator:/.test(image))) return 'sail-operator';
  // A sidecar is not played: its pod is ready without it.
  if (containers.some(({ name, args }) => name === 'istio-proxy' && args?.includes('router'))) return 'gateway';
  return 'other';
}

export function revisionOf(pod: KubeObject): string | undefined {
  return pod.metadata.labels?.['istio.io/rev'];
}

function matches(pod: KubeObject, { revision, role, image, name }: PodMatch): boolean {
  if (revision !== undefined && revisionOf(pod) !== revision) return false;
  if (role !== undefined && roleOf(pod) !== role) return false;
  if (name !== undefined && !name.test(pod.metadata.name)) return false;
  return (
    image === undefined || pod.spec.containers.some((container: { image: string }) => container.image.includes(image))
  );
}
