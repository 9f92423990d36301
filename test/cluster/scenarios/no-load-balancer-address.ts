import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'A platform that gives LoadBalancer Services no address: nothing waits for one, and node ports lead in',
  core: false,
  async run(stage) {
    const { lab, repository } = stage;
    lab.cloud.withhold();
    await stage.bootstrap({ platform: 'bare-metal' });
    const entry = await lab.cluster.kube.get(`/api/v1/namespaces/${ingress.replace('/', '/services/')}`);
    expect(
      entry.spec.type === 'NodePort' && entry.status?.loadBalancer?.ingress === undefined,
      `the entry Service should be a NodePort that nothing gave an address, and is ${entry.spec.type}`,
    );
    await stage.merge(await stage.wholeUpgrade('1.21.6'));
    stage.expectServing(ingress, ['1.21.6']);
    const { commit: retired } = await repository.retire('1.20.8');
    await stage.merge({ phase: 'retire gateways: prunes', commit: retired });
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(retired);
  },
};
