import { type KubeObject, nameOf } from '../../kube/objects.js';

interface Seen {
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  readonly resourceVersion: string | undefined;
  readonly failures: number;
  /** When it is looked at without an event, in milliseconds since the epoch. */
  readonly at?: number;
}

export interface Requests {
  /** The first of these IstioOperators that there is a reason to reconcile. */
  next(iops: readonly KubeObject[]): KubeObject | undefined;
  /** It is being reconciled as it is here. */
  take(iop: KubeObject): void;
  /** What reconciling returned: an error is tried again, nothing is not. */
  done(iop: KubeObject, error?: unknown): void;
  /** An object that this IstioOperator (`namespace/name`) owns was deleted. */
  ask(name: string): void;
  /** Something is due now without an event. */
  waiting(): boolean;
}

/**
 * When the operator reconciles: a new IstioOperator or generation, any change of one that is being deleted, the deletion of
 * an owned object, and after an error that reconciling returned, 5 ms later, then twice as long each time, up to 1,000 s.
 *
 * Nothing else: neither time, nor an edit of an owned object, nor of an annotation, nor status ERROR is a reason.
 */
export function createRequests(): Requests {
  const seen = new Map<string, Seen>();
  const isDue = (iop: KubeObject): boolean => {
    const { uid, generation, resourceVersion, deletionTimestamp } = iop.metadata;
    const known = seen.get(nameOf(iop));
    return (
      known?.uid !== uid ||
      known?.generation !== generation ||
      (deletionTimestamp !== undefined && known?.resourceVersion !== resourceVersion) ||
      (known?.at ?? Number.POSITIVE_INFINITY) <= Date.now()
    );
  };
  return {
    next(iops) {
      const present = new Set(iops.map(nameOf));
      for (const name of seen.keys()) if (!present.has(name)) seen.delete(name);
      return iops.find(isDue);
    },
    take(iop) {
      const { uid, generation, resourceVersion } = iop.metadata;
      seen.set(nameOf(iop), { uid, generation, resourceVersion, failures: seen.get(nameOf(iop))?.failures ?? 0 });
    },
    done(iop, error) {
      const known = seen.get(nameOf(iop));
      if (known === undefined) return;
      const failures = error === undefined ? 0 : known.failures + 1;
      const retry = error === undefined ? {} : { at: Date.now() + Math.min(5 * 2 ** known.failures, 1_000_000) };
      seen.set(nameOf(iop), { ...known, failures, ...retry });
    },
    ask(name) {
      const known = seen.get(name);
      if (known !== undefined) seen.set(name, { ...known, at: Date.now() });
    },
    waiting: () => [...seen.values()].some(({ at }) => at !== undefined && at <= Date.now()),
  };
}
