import { expectReleases, expectUntouched, type Release } from '../delivery/releases.js';
import { expect } from '../errors.js';
import type { Kube } from '../kube/client.js';
import { nothingLeftOf } from '../kube/leftovers.js';
import { lastWritten } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';

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
    const [add, ...others] = await repository.upgrade(to);
    expect(add?.phase === 'add', 'an upgrade begins with add');
    await stage.mergePhases([add], from, to);
    const added = await releases(`istio-base ${to}`, `istiod-1-29-6 ${from}`, `istiod-1-30-5 ${to}`);
    await expectDefinitionsFirst(kube, added);
    await stage.mergePhases(others, from, to);
    const last = await stage.retire(from, to);
    await nothingLeftOf('1-29-6', kube);
    const left = [`istio-base ${to}`, `istiod-1-30-5 ${to}`];
    const before = await releases(...left);
    await stage.expectNoDrift(last);
    expectUntouched(before, await releases(...left));
  },
};

/** A control plane tolerates newer CustomResourceDefinitions than its own and not older ones. */
async function expectDefinitionsFirst(kube: Kube, releases: readonly Release[]): Promise<void> {
  const definition = await kube.get(
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gateways.networking.istio.io',
  );
  const chart = definition.metadata.labels?.['helm.sh/chart'];
  const written = lastWritten(definition);
  const told = releases.find(({ name }) => name === 'istiod-1-30-5')?.createdAt ?? '';
  expect(
    chart === `base-${to}` && written <= told,
    `the new CustomResourceDefinitions (${chart} at ${written}) should come before the release of the new control plane (${told})`,
  );
}
