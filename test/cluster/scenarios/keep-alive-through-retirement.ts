import { connectionsTo } from '../data-plane/envoy.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'Keep-alive connections that are still on the old gateways when these retire right after the cut',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    await stage.merge(await stage.wholeUpgrade('1.21.6'));
    const old = await Promise.all(stage.gatewayPods('1.20.8').map(connectionsTo));
    const open = old.reduce((sum, count) => sum + count, 0);
    expect(open > 0, 'connections should be left on the old gateways');
    stage.mark('note', `${open} connections are still on the old gateways`);
    const { commit: gateways } = await stage.repository.retire('1.20.8');
    await stage.merge({ phase: 'retire gateways', commit: gateways });
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(gateways);
  },
};
