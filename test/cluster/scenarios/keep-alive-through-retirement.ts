import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'Keep-alive connections that are still on the old gateways when these retire right after the cut',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    await stage.merge(await stage.wholeUpgrade('1.21.6'));
    const gateways = await stage.repository.retire('1.20.8', 'gateways');
    await stage.merge({ phase: 'retire gateways', commit: gateways });
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(gateways);
  },
};
