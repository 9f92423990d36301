/**
 * Plays scenarios on a real control plane.
 *
 *   run.ts core | all | SCENARIO…  [--engine argo-cd|flux] [--soak] [--fresh] [--jobs 2]
 *
 * Exit code: 0 all passed, 1 one failed, 2 it could not be run. `all` goes on after what an interrupted run has played
 * of the same commit; --fresh plays everything again. Two scenarios are played side by side; --jobs 1 plays one at a time.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildTools } from './build/build-tools.js';
import { secondsSince } from './clock.js';
import type { EngineName } from './delivery/engine.js';
import { HarnessError, messageOf } from './errors.js';
import type { Lab } from './lab.js';
import { readResults, writeReport } from './report/write-report.js';
import { generatedRepositories } from './repository/generated-repository.js';
import { runScenario } from './run-scenario.js';
import type { Scenario } from './scenario.js';
import { loadScenarios } from './scenarios/catalogue.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const reports = join(root, 'test-results', 'traffic');
/** The report of the last run of all scenarios, in the repository. */
const kept = join(root, 'docs', 'traffic-report.html');
const changed = ' with changes';
const start = Date.now();
const say = (line: string): void => console.log(`[${secondsSince(start).toFixed(1).padStart(6)} s] ${line}`);
const options = {
  engine: { type: 'string' },
  soak: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  jobs: { type: 'string', default: '2' },
  list: { type: 'boolean', default: false },
} as const;

const open = new Set<Lab>();
const stopAll = (): Promise<unknown> => Promise.all([...open].map((lab) => lab.stop().catch(() => {})));
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupted) return;
    interrupted = true;
    say(`${signal}: ending what was started`);
    void stopAll().finally(() => process.exit(130));
  });
}

// A fault of the harness itself must not leave anything running either.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error) => {
    console.error(error);
    void stopAll().finally(() => process.exit(2));
  });
}

try {
  process.exitCode = await main();
} catch (error) {
  await stopAll();
  console.error(error instanceof HarnessError ? error.message : error);
  process.exitCode = 2;
}
process.exit();

interface Play {
  readonly name: string;
  readonly scenario: Scenario;
  readonly engine: EngineName | 'none';
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ options, allowPositionals: true });
  const scenarios = await loadScenarios();
  if (values.list) {
    for (const [name, { title, core }] of scenarios) console.log(`${core ? '*' : ' '} ${name}: ${title}`);
    return 0;
  }
  const firstSlot = numberOf('ISTIO_PROD_CLUSTER_SLOT', process.env.ISTIO_PROD_CLUSTER_SLOT ?? '0', 0);
  const lanes = numberOf('--jobs', values.jobs, 1);
  const wanted = playsOf(scenarios, positionals.length === 0 ? ['core'] : positionals, engineOf(values.engine));
  const commit = commitOf();
  const plays =
    positionals.includes('all') && !values.fresh ? wanted.filter((play) => !alreadyPassed(play, commit)) : wanted;
  if (plays.length < wanted.length)
    say(`${wanted.length - plays.length} scenarios of this commit have passed before; --fresh plays them again`);
  const tools = await buildTools(say);
  const repositoryIn = await generatedRepositories(root, tools.bin, say);
  const pace = values.soak ? { perSecond: 400, atLeast: 60_000 } : { perSecond: 160, atLeast: 0 };
  const waiting = [...plays];
  let passed = 0;

  /** Plays what is left, one scenario after the other, on ports and addresses of its own. */
  async function work(slot: number): Promise<void> {
    for (let play = waiting.shift(); play !== undefined && !interrupted; play = waiting.shift()) {
      const { name, scenario, engine } = play;
      const title = `${name}, ${engine}`;
      say(`${plays.length - waiting.length}/${plays.length} ${title}: ${scenario.title}`);
      const directory = join(tmpdir(), `istio-prod-cluster-${slot}`, `${name}.${engine}`);
      const onLab = (lab: Lab, isOpen: boolean): void => {
        if (isOpen) open.add(lab);
        else open.delete(lab);
      };
      const perSecond = scenario.perSecond ?? pace.perSecond;
      const atLeast = Math.max(pace.atLeast, scenario.atLeast ?? 0);
      const tell = (line: string): void => say(`  ${jobs > 1 ? `${title}: ` : ''}${line}`);
      const result = await runScenario({
        ...play,
        directory,
        tools,
        slot,
        pace: { perSecond, atLeast },
        repositoryIn,
        onLab,
        say: tell,
      });
      writeReport(reports, { ...result, of: commit });
      if (result.passed) {
        passed++;
        rmSync(directory, { recursive: true, force: true });
      } else say(`  logs: ${join(directory, 'logs')}`);
      const { load, seconds, problems } = result;
      say(`${result.passed ? 'passed' : 'FAILED'} ${title}: ${seconds} s, ${load.sent} requests, ${load.lost} lost`);
      for (const problem of problems) say(`  ${problem}`);
    }
  }

  const jobs = Math.min(lanes, plays.length);
  await Promise.all(Array.from({ length: jobs }, (_, index) => work(firstSlot + index)));
  say(`report: ${join(reports, 'index.html')}`);
  // Every scenario of one commit has passed: the report that is kept.
  if (positionals.includes('all') && wanted.every((play) => alreadyPassed(play, commit))) {
    cpSync(join(reports, 'index.html'), kept);
    say(`kept as ${kept}`);
  }
  console.log(`${passed} passed, ${plays.length - passed} failed`);
  return passed === plays.length ? 0 : 1;
}

function numberOf(what: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    throw new HarnessError(`${what} is ${text}, and should be a whole number from ${least}`);
  return number;
}

function engineOf(text: string | undefined): EngineName | undefined {
  if (text === undefined || text === 'argo-cd' || text === 'flux') return text;
  throw new HarnessError(`there is no engine ${text}; there are argo-cd and flux`);
}

function playsOf(
  scenarios: ReadonlyMap<string, Scenario>,
  names: readonly string[],
  only: EngineName | undefined,
): Play[] {
  const unknown = names.filter((name) => name !== 'core' && name !== 'all' && !scenarios.has(name));
  if (unknown.length > 0)
    throw new HarnessError(`no scenario ${unknown.join(', ')}; there are ${[...scenarios.keys()].join(', ')}`);
  const chosen = [...scenarios].filter(
    ([name, { core }]) => names.includes('all') || names.includes(name) || (core && names.includes('core')),
  );
  return chosen.flatMap(([name, scenario]) =>
    (scenario.engines ?? (['argo-cd', 'flux'] as const))
      .filter((engine) => only === undefined || engine === only || engine === 'none')
      .map((engine) => ({ name, scenario, engine })),
  );
}

function alreadyPassed({ name, engine }: Play, commit: string): boolean {
  // A tree with changes has no name by which its results could be known again.
  if (!existsSync(reports) || commit.endsWith(changed)) return false;
  return readResults(reports).some(
    (result) => result.passed && result.scenario === name && result.engine === engine && result.of === commit,
  );
}

/** The commit under test, with a sign when files differ from it. */
function commitOf(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain') === '' ? '' : changed}`;
  } catch (error) {
    return `unknown (${messageOf(error).split('\n')[0]})`;
  }
}
