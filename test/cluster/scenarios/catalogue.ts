import { readdirSync } from 'node:fs';
import { HarnessError } from '../errors.js';
import type { Scenario } from '../scenario.js';

/** The order in which they are played: what is simplest first. Others follow by name. */
const first = [
  'watcher-notices-bad-switches',
  'operator-renders-as-recorded',
  'untouched-service',
  'bootstrap',
  'upgrade-commit-by-commit',
  'upgrade-at-once',
];

/** Every scenario is a file beside this one, named as the scenario. */
export async function loadScenarios(): Promise<ReadonlyMap<string, Scenario>> {
  const names = readdirSync(new URL('.', import.meta.url))
    .filter((file) => file.endsWith('.ts') && file !== 'catalogue.ts')
    .map((file) => file.replace(/\.ts$/, ''))
    .sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
  const scenarios = new Map<string, Scenario>();
  for (const name of names) {
    const module = (await import(new URL(`${name}.ts`, import.meta.url).href)) as { scenario?: Scenario };
    if (module.scenario === undefined) throw new HarnessError(`scenarios/${name}.ts exports no scenario`);
    scenarios.set(name, module.scenario);
  }
  return scenarios;
}

function rank(name: string): number {
  const index = first.indexOf(name);
  return index < 0 ? first.length : index;
}
