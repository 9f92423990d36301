import type { Scenario } from '../scenario.js';

const ingress = 'istio-ingress/istio-ingressgateway';

export const scenario: Scenario = {
  title: 'An upgrade with gateways in namespaces of their own',
  core: false,
  async run(stage) {
    await stage.bootstrap({ dedicatedNamespaces: true });
    let last = '';
    for (const commit of await stage.repository.upgrade('1.21.6')) {
      await stage.merge(commit);
      last = commit.commit;
    }
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(last);
  },
};
