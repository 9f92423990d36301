import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'A platform that gives LoadBalancer Services no address: nothing waits for one',
  core: false,
  async run(stage) {
    stage.lab.cloud.withhold();
    await stage.bootstrap({ platform: 'bare-metal' });
    const last = (await stage.repository.upgrade('1.21.6')).at(-1);
    expect(last !== undefined, 'the upgrade made no commit');
    await stage.merge({ ...last, phase: 'the whole upgrade' });
    stage.expectServing(ingress, ['1.21.6']);
    const retired = await stage.repository.retire('1.20.8', 'gateways');
    await stage.merge({ phase: 'retire gateways: prunes', commit: retired });
    await stage.expectNoDrift(retired);
  },
};
