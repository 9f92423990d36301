import { expectReleases, expectUntouched } from '../delivery/releases.js';
import { expect } from '../errors.js';
import { expectDefinitionsFirst } from '../kube/definitions.js';
import { nothingLeftOf } from '../kube/leftovers.js';
import type { Scenario } from '../scenario.js';

const [from, to] = ['1.29.6', '1.30.5'] as const;

export const scenario: Scenario = {
  title:
    "Istio's charts, a release per revision: an upgrade commit by commit, back and again, and the old revision retires",
  core: false,
  async run(stage) {
    const { lab, repository } = stage;
    const { kube } = lab.cluster;
    const releases = (...wanted: readonly string[]) => expectReleases(lab.engine.name, kube, wanted);
    await stage.bootstrap({ version: from, install: 'helm', charts: await lab.serveCharts([from, to]) });
    await releases(`istio-base ${from}`, `istiod-1-29-6 ${from}`);
    const [add, ...others] = await repository.upgrade(to);
    expect(add?.phase === 'add', 'an upgrade begins with add');
    await stage.mergePhases([add], from, to);
    const added = await releases(`istio-base ${to}`, `istiod-1-29-6 ${from}`, `istiod-1-30-5 ${to}`);
    await expectDefinitionsFirst(kube, to, added.find(({ name }) => name === 'istiod-1-30-5')?.createdAt ?? '');
    await stage.mergePhases(others, from, to);
    await stage.rollbackAndAgain(from, to);
    const last = await stage.retire(from, to);
    await nothingLeftOf('1-29-6', kube);
    const left = [`istio-base ${to}`, `istiod-1-30-5 ${to}`];
    const before = await releases(...left);
    await stage.expectNoDrift(last);
    expectUntouched(before, await releases(...left));
  },
};
