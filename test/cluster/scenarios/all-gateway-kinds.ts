import type { Scenario } from '../scenario.js';

const entries = ['ingress', 'egress', 'eastwest'].map((kind) => `istio-gateways/istio-${kind}gateway`);

export const scenario: Scenario = {
  title: 'Ingress, egress and east-west gateways are upgraded together',
  core: false,
  async run(stage) {
    await stage.bootstrap({ gateways: ['ingress', 'egress', 'eastwest'] });
    for (const entry of entries) stage.expectServing(entry, ['1.20.8']);
    let last = '';
    for (const commit of await stage.repository.upgrade('1.21.6')) {
      await stage.merge(commit);
      last = commit.commit;
    }
    for (const entry of entries) stage.expectServing(entry, ['1.21.6']);
    await stage.expectNoDrift(last);
  },
};
