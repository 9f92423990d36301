import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveCharts } from './support/chart-repository.js';
import { gitState, uncommitted } from './support/git.js';
import { commitsOf, pullRequest } from './support/pull-request.js';
import { readScenario, runNamed, Stages } from './support/scenario.js';
import { treeOf } from './support/tree.js';

const scenarios = join(import.meta.dirname, 'scenarios');
const update = process.env['UPDATE_GOLDEN'] === '1';
const stages = new Stages();
let closeCharts = () => {};
beforeAll(async () => {
  closeCharts = await serveCharts();
});
afterAll(() => {
  closeCharts();
  stages.close();
}, 60_000);

describe.concurrent('a scenario', () => {
  it.each(readdirSync(scenarios).sort())('%s', async (name) => {
    const folder = join(scenarios, name);
    const { deeds, answers } = readScenario(folder);
    const { top, repository } = await stages.after(deeds);
    const before = { tree: treeOf(top), git: gitState(repository), commits: commitsOf(repository) };

    const { exitCode, text } = await runNamed(repository, answers);

    const wrote = gitState(repository) !== before.git || !same(treeOf(top), before.tree);
    if (/-(is|are)-refused(-|$)/.test(name)) expect({ exitCode, text }).toMatchObject({ exitCode: 1 });
    if (exitCode !== 0) {
      expect(treeOf(top), 'a refusal writes nothing').toStrictEqual(before.tree);
      expect(gitState(repository), 'a refusal leaves git alone').toBe(before.git);
    }
    if (commitsOf(repository).length > before.commits.length)
      expect(uncommitted(repository), 'the commit holds the mesh as well').not.toContain('istio-prod.yaml');
    const actual =
      exitCode === 0 && wrote
        ? pullRequest(repository, before.commits, answers.show)
        : `exit ${exitCode}\n\n${text.replaceAll(repository, '/repository').trimEnd()}\n`;
    stages.remove(top);
    expectGolden(folder, exitCode === 0 && wrote ? 'expected.diff' : 'expected.txt', actual);
  });
});

function expectGolden(folder: string, file: 'expected.diff' | 'expected.txt', actual: string): void {
  const golden = join(folder, file);
  const other = join(folder, file === 'expected.diff' ? 'expected.txt' : 'expected.diff');
  if (update) {
    writeFileSync(golden, actual);
    rmSync(other, { force: true });
  }
  expect(existsSync(other), `${other} expects something else`).toBe(false);
  expect(actual).toBe(existsSync(golden) ? readFileSync(golden, 'utf8') : `nothing: write it with npm run golden`);
}

function same(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([path, content]) => b.get(path) === content);
}
