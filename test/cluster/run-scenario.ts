import { join } from 'node:path';
import { type Assessment, assess } from '../../src/cluster/timeline.js';
import { secondsSince } from './clock.js';
import type { EngineName } from './delivery/engine.js';
import { HarnessError, messageOf } from './errors.js';
import { type Lab, openLab, type Toolbox } from './lab.js';
import type { Repository } from './repository/repository.js';
import type { Outage, Result, Scenario } from './scenario.js';
import { createStage, type Pace } from './stage.js';
import { type LoadSummary, nothingSent } from './traffic/load.js';

export interface RunOptions {
  readonly name: string;
  readonly scenario: Scenario;
  readonly engine: EngineName | 'none';
  /** Holds all that the scenario leaves: data, logs, the repository. Emptied first. */
  readonly directory: string;
  readonly tools: Toolbox;
  readonly slot: number;
  readonly pace: Pace;
  readonly repositoryIn: (directory: string) => Repository;
  readonly say: (line: string) => void;
  /** Told of the lab while it is open, so that it can be ended when the run is interrupted. */
  readonly onLab: (lab: Lab, isOpen: boolean) => void;
}

/** Opens a world, plays the scenario in it, judges what happened, and closes the world whatever happened. */
export async function runScenario(options: RunOptions): Promise<Result> {
  const { name, scenario, engine, directory, tools, slot, pace, repositoryIn, onLab } = options;
  const startedAt = Date.now();
  const log: string[] = [];
  const say = (line: string): void => {
    log.push(`${secondsSince(startedAt)} s  ${line}`);
    options.say(line);
  };
  const lab = await openLab({ directory, tools, engine, slot, metrics: scenario.withoutMetrics !== true, say });
  onLab(lab, true);
  const problems: string[] = [];
  const stage = createStage({
    lab,
    repository: repositoryIn(join(directory, 'repository')),
    engineName: engine,
    pace,
    say,
  });
  let load = nothingSent;
  try {
    const { processes } = lab.cluster;
    await Promise.race([scenario.run(stage), processes.died]).catch((error: unknown) => {
      // Of the harness itself: nothing that follows would say anything about the repository.
      if (error instanceof HarnessError) throw error;
      problems.push(messageOf(error));
    });
    load = await Promise.race([stage.finish(), processes.died]);
  } finally {
    await lab.stop();
    onLab(lab, false);
  }
  const timelines = lab.watcher.timelines();
  const assessments = timelines.map(assess);
  if (engine !== 'none') problems.push(...judge(load, assessments, stage.outages));
  const seconds = secondsSince(startedAt);
  const { title } = scenario;
  return {
    scenario: name,
    title,
    engine,
    passed: problems.length === 0,
    problems,
    startedAt,
    seconds,
    load,
    assessments,
    timelines,
    marks: stage.marks,
    log,
  };
}

/** What must not have happened outside of the outages that the scenario made. */
function judge(load: LoadSummary, assessments: readonly Assessment[], outages: readonly Outage[]): string[] {
  const blamed = ({ at }: { at: number }): boolean => !outages.some(({ from, to }) => at >= from && at <= to);
  const losses = load.losses.filter(blamed);
  // The client names 200 losses a second at most.
  const lost = load.losses.length === load.lost ? losses.length : load.lost;
  const { sent, answered, keepAlive, newConnection } = load;
  return [
    ...assessments.flatMap(({ problems }) => problems.filter(blamed).map(({ sentence }) => sentence)),
    ...(lost > 0 ? [`${lost} of ${sent} requests were lost: ${reasonsOf(losses)}`] : []),
    ...(answered + load.lost !== sent ? [`${sent - answered - load.lost} of ${sent} requests were never judged`] : []),
    ...(keepAlive === 0 || newConnection === 0 ? ['no requests were sent on one kind of connection'] : []),
  ];
}

function reasonsOf(losses: readonly { mode: string; reason: string }[]): string {
  const counts = new Map<string, number>();
  for (const { mode, reason } of losses)
    counts.set(`${reason} (${mode})`, (counts.get(`${reason} (${mode})`) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count}× ${reason}`).join(', ');
}
