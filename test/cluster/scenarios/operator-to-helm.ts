import { expectReleases, expectUntouched } from '../delivery/releases.js';
import { nothingLeftOf } from '../kube/leftovers.js';
import type { Scenario } from '../scenario.js';

const [from, to] = ['1.23.6', '1.24.6'] as const;

export const scenario: Scenario = {
  title: "From the operator to Istio's charts: the last version that has an operator, and the first without",
  core: false,
  async run(stage) {
    const { lab, repository } = stage;
    const { kube } = lab.cluster;
    const releases = (...wanted: readonly string[]) => expectReleases(lab.engine.name, kube, wanted);
    await stage.bootstrap({ version: from, install: 'operator', charts: await lab.serveCharts([to]) });
    const commits = await repository.upgrade(to, 'default', 'helm');
    // Nothing syncs the hand-over. The commit `add` says: apply it before the merge where something comes.
    await lab.engine.handOver(repository.directory);
    await stage.mergePhases(commits, from, to);
    const last = await stage.retire(from, to);
    // Here something goes, so it comes after.
    await lab.engine.handOver(repository.directory);
    await nothingLeftOf('1-23-6', kube);
    const left = [`istio-base ${to}`, `istiod-1-24-6 ${to}`];
    const before = await releases(...left);
    await stage.expectNoDrift(last);
    expectUntouched(before, await releases(...left));
  },
};
