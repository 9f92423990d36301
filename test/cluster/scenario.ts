import type { Mark } from '../../src/cluster/chart.js';
import type { Assessment, Timeline } from '../../src/cluster/timeline.js';
import type { EngineName } from './delivery/engine.js';
import type { Stage } from './stage.js';
import type { LoadSummary } from './traffic/load.js';

/** One runbook and what must hold in it. One file each under `scenarios/`, named as the scenario. */
export interface Scenario {
  /** A sentence: what is shown. */
  readonly title: string;
  /** Part of what CI runs. */
  readonly core: boolean;
  /** Both when left out; `none` for scenarios of the harness itself, which judge alone what was seen. */
  readonly engines?: readonly (EngineName | 'none')[];
  /** Requests a second, where the usual pace does not do. */
  readonly perSecond?: number;
  /** Requests that it must send at least. */
  readonly atLeast?: number;
  /** Without a metrics API. */
  readonly withoutMetrics?: boolean;
  readonly run: (stage: Stage) => Promise<void>;
}

/** A time in which a fault that no upgrade can prevent may lose requests: milliseconds since the epoch, both inclusive. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** What came of a scenario with one engine. */
export interface Result {
  readonly scenario: string;
  readonly title: string;
  readonly engine: EngineName | 'none';
  readonly passed: boolean;
  /** Why it failed. */
  readonly problems: readonly string[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly seconds: number;
  readonly load: LoadSummary;
  readonly assessments: readonly Assessment[];
  readonly timelines: readonly Timeline[];
  readonly marks: readonly Mark[];
  readonly log: readonly string[];
}

/** A result with the commit that was tested. */
export interface KeptResult extends Result {
  readonly of: string;
}
