import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'Keep-alive connections that are still on the old gateways when these retire right after the cut',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const { repository } = stage;
    const whole = (await repository.upgrade('1.21.6')).at(-1);
    expect(whole !== undefined, 'the upgrade made no commit');
    await stage.merge({ ...whole, phase: 'the whole upgrade' });
    const gateways = await repository.retire('1.20.8', 'gateways');
    await stage.merge({ phase: 'retire gateways', commit: gateways });
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(gateways);
  },
};
