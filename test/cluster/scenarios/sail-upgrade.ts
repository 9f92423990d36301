import { expectReleases, expectUntouched } from '../delivery/releases.js';
import { expect } from '../errors.js';
import type { Kube } from '../kube/client.js';
import { nothingLeftOf } from '../kube/leftovers.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

const [from, to] = ['1.29.6', '1.30.3'] as const;
const operator = 'sail-operator 1.30.3';

export const scenario: Scenario = {
  title: 'The Sail Operator: an upgrade, back and again, and the old revision retires',
  core: false,
  async run(stage) {
    const { lab } = stage;
    const { kube } = lab.cluster;
    await stage.bootstrap({ version: from, install: 'sail', charts: await lab.serveCharts([], true) });
    await expectHealthy(kube, '1-29-6');
    await stage.merge(await stage.wholeUpgrade(to));
    stage.expectServing(ingress, [to]);
    await expectHealthy(kube, '1-29-6', '1-30-3');
    await stage.rollbackAndAgain(from, to);
    const last = await stage.retire(from, to);
    await nothingLeftOf('1-29-6', kube);
    await expectHealthy(kube, '1-30-3');
    const before = await expectReleases(lab.engine.name, kube, [operator]);
    await stage.expectNoDrift(last);
    expectUntouched(before, await expectReleases(lab.engine.name, kube, [operator]));
  },
};

/** Exactly these revisions are there, and the operator says that all is well with them: the engine must have waited for that. */
async function expectHealthy(kube: Kube, ...wanted: readonly string[]): Promise<void> {
  const found = await kube.list('/apis/sailoperator.io/v1/istiorevisions');
  const states = found.map(({ metadata, status }) => `${metadata.name} ${status?.state}`);
  const healthy = wanted.map((name) => `${name} Healthy`);
  expect(states.join() === healthy.join(), `there should be ${healthy.join(', ')}, and there is ${states.join(', ')}`);
}
