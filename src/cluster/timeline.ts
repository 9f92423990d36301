/** What an entry Service looked like from one moment on. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly selector: Readonly<Record<string, string>>;
  /** Ready endpoints behind the Service, by the pods' label `version`. */
  readonly serving: Readonly<Record<string, number>>;
  /** Ready gateway pods with the Service's shared labels, by `version`, selected or not. */
  readonly prepared: Readonly<Record<string, number>>;
  /** Ready pods that the whole selector matches: where the endpoints are going. */
  readonly selected: number;
}

/** The history of one entry Service. */
export interface Timeline {
  readonly service: string;
  readonly samples: readonly Sample[];
}

/** An interval without a ready endpoint behind a Service that had one before. */
export interface Gap {
  readonly from: number;
  /** Undefined: it lasts. */
  readonly to?: number;
}

/** A change of the selector. */
export interface Switch {
  readonly at: number;
  readonly from: Readonly<Record<string, string>>;
  readonly to: Readonly<Record<string, string>>;
  /** Ready pods that the new selector matched at that moment. */
  readonly readyBefore: number;
}

export interface Assessment {
  readonly service: string;
  /** The fewest ready endpoints since there was one; undefined: there never was one. */
  readonly minimum: number | undefined;
  readonly gaps: readonly Gap[];
  readonly switches: readonly Switch[];
  readonly problems: readonly TrafficProblem[];
}

/** What must not happen, and when it began. */
export interface TrafficProblem {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly sentence: string;
}

export function readyEndpoints({ serving }: Pick<Sample, 'serving'>): number {
  return Object.values(serving).reduce((sum, count) => sum + count, 0);
}

/** Judges a history: gaps, the order of readiness and switch, and the minimum. Pure. */
export function assess({ service, samples }: Timeline): Assessment {
  const first = samples.findIndex((sample) => readyEndpoints(sample) > 0);
  const since = first < 0 ? [] : samples.slice(first);
  const gaps = gapsOf(since);
  const switches = switchesOf(since);
  const problems = [
    ...gaps.map(({ from, to }) => ({
      at: from,
      sentence: `${service} had no ready endpoint ${to === undefined ? 'to the end' : `for ${to - from} ms`} from ${new Date(from).toISOString()}`,
    })),
    ...switches
      .filter(({ readyBefore }) => readyBefore < 1)
      .map(({ at, to }) => ({
        at,
        sentence: `${service} was switched to ${JSON.stringify(to)} at ${new Date(at).toISOString()} when no such pod was ready`,
      })),
  ];
  const minimum = first < 0 ? undefined : Math.min(...since.map(readyEndpoints));
  return { service, minimum, gaps, switches, problems };
}

function gapsOf(samples: readonly Sample[]): Gap[] {
  const gaps: Gap[] = [];
  let from: number | undefined;
  for (const sample of samples) {
    const empty = readyEndpoints(sample) < 1;
    if (empty) from ??= sample.at;
    else if (from !== undefined) {
      gaps.push({ from, to: sample.at });
      from = undefined;
    }
  }
  if (from !== undefined) gaps.push({ from });
  return gaps;
}

function switchesOf(samples: readonly Sample[]): Switch[] {
  const switches: Switch[] = [];
  samples.forEach((sample, index) => {
    const before = samples[index - 1];
    if (before === undefined || same(before.selector, sample.selector)) return;
    const { at, selector, selected } = sample;
    switches.push({ at, from: before.selector, to: selector, readyBefore: selected });
  });
  return switches;
}

export function same(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  const text = (object: Readonly<Record<string, unknown>>): string => JSON.stringify(Object.entries(object).sort());
  return text(one) === text(other);
}
