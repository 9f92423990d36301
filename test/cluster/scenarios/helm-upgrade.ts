import { expectReleases, expectUntouched } from '../delivery/releases.js';
import { nothingLeftOf } from '../kube/leftovers.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

const [from, to] = ['1.29.6', '1.30.5'] as const;

export const scenario: Scenario = {
  title: "Istio's charts, a release per revision: an upgrade commit by commit, and the old revision retires",
  core: false,
  async run(stage) {
    const { lab, repository } = stage;
    const { kube } = lab.cluster;
    const releases = (...wanted: readonly string[]) => expectReleases(lab.engine.name, kube, wanted);
    await stage.bootstrap({ version: from, install: 'helm', charts: await lab.serveCharts([from, to]) });
    await releases(`istio-base ${from}`, `istiod-1-29-6 ${from}`);
    for (const commit of await repository.upgrade(to)) {
      await stage.merge(commit);
      if (commit.phase === 'add') stage.expectServing(ingress, [from]);
      if (commit.phase === 'blend') stage.expectServing(ingress, [from, to]);
      if (commit.phase === 'cut') stage.expectServing(ingress, [to]);
    }
    await releases(`istio-base ${to}`, `istiod-1-29-6 ${from}`, `istiod-1-30-5 ${to}`);
    let last = '';
    for (const step of ['gateways', 'control-plane', 'operator'] as const) {
      last = await repository.retire(from, step);
      await stage.merge({ phase: `retire ${step}`, commit: last });
      stage.expectServing(ingress, [to]);
    }
    await nothingLeftOf('1-29-6', kube);
    const left = [`istio-base ${to}`, `istiod-1-30-5 ${to}`];
    const before = await releases(...left);
    await stage.expectNoDrift(last);
    expectUntouched(before, await releases(...left));
  },
};
