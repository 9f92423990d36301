import { expect } from '../errors.js';
import { expectDefinitionsFirst } from '../kube/definitions.js';
import { nothingLeftOf } from '../kube/leftovers.js';
import type { Scenario } from '../scenario.js';

const [from, to] = ['1.30.5', '1.31.1'] as const;

export const scenario: Scenario = {
  title: "What Istio's charts render to, in the repository: an upgrade, back and again, and the old revision retires",
  core: false,
  async run(stage) {
    const { lab, repository } = stage;
    const { kube } = lab.cluster;
    await stage.bootstrap({ version: from, install: 'helm', render: true, charts: await lab.serveCharts([from, to]) });
    const [add, ...others] = await repository.upgrade(to);
    expect(add?.phase === 'add', 'an upgrade begins with add');
    await stage.mergePhases([add], from, to);
    const istiod = await kube.get('/apis/apps/v1/namespaces/istio-system/deployments/istiod-1-31-1');
    await expectDefinitionsFirst(kube, to, istiod.metadata.creationTimestamp ?? '');
    await stage.mergePhases(others, from, to);
    await stage.rollbackAndAgain(from, to);
    const last = await stage.retire(from, to);
    await nothingLeftOf('1-30-5', kube);
    await stage.expectNoDrift(last);
  },
};
