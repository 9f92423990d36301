import { expectDefinitionsFirst } from '../kube/definitions.js';
import { nothingLeftOf } from '../kube/leftovers.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

const [from, to] = ['1.30.5', '1.31.1'] as const;

export const scenario: Scenario = {
  title: "What Istio's charts render to, in the repository: an upgrade, back and again, and the old revision retires",
  core: false,
  async run(stage) {
    const { lab } = stage;
    const { kube } = lab.cluster;
    await stage.bootstrap({ version: from, install: 'helm', render: true, charts: await lab.serveCharts([from, to]) });
    await stage.merge(await stage.wholeUpgrade(to));
    stage.expectServing(ingress, [to]);
    const istiod = await kube.get('/apis/apps/v1/namespaces/istio-system/deployments/istiod-1-31-1');
    await expectDefinitionsFirst(kube, to, istiod.metadata.creationTimestamp ?? '');
    await stage.rollbackAndAgain(from, to);
    const last = await stage.retire(from, to);
    await nothingLeftOf('1-30-5', kube);
    await stage.expectNoDrift(last);
  },
};
