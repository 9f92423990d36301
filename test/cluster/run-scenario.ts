import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assess } from '../../src/cluster/timeline.js';
import { secondsSince } from './clock.js';
import type { EngineName } from './delivery/engine.js';
import { HarnessError, messageOf } from './errors.js';
import { type Lab, openLab, type Toolbox } from './lab.js';
import type { Repository } from './repository/repository.js';
import type { Result, Scenario } from './scenario.js';
import { createStage, type Pace } from './stage.js';
import { nothingSent } from './traffic/load.js';

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
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
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
    await scenario.run(stage);
  } catch (error) {
    problems.push(messageOf(error));
  }
  try {
    load = await stage.finish();
    lab.cluster.processes.check();
  } catch (error) {
    problems.push(messageOf(error));
    if (error instanceof HarnessError) throw error;
  } finally {
    await lab.stop();
    onLab(lab, false);
  }
  const timelines = lab.watcher.timelines();
  const assessments = timelines.map(assess);
  if (scenario.mayLose !== true) {
    problems.push(...assessments.flatMap((assessment) => assessment.problems));
    if (load.lost > 0) problems.push(`${load.lost} of ${load.sent} requests were lost: ${reasonsOf(load.losses)}`);
  }
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

function reasonsOf(losses: readonly { mode: string; reason: string }[]): string {
  const counts = new Map<string, number>();
  for (const { mode, reason } of losses)
    counts.set(`${reason} (${mode})`, (counts.get(`${reason} (${mode})`) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count}× ${reason}`).join(', ');
}
