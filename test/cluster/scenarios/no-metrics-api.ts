import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'A cluster without a metrics API: an autoscaler without metrics stops no layer',
  core: false,
  withoutMetrics: true,
  async run(stage) {
    await stage.bootstrap();
    const last = (await stage.repository.upgrade('1.21.6')).at(-1);
    expect(last !== undefined, 'the upgrade made no commit');
    await stage.merge({ ...last, phase: 'the whole upgrade' });
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(last.commit);
  },
};
