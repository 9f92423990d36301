import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'An upgrade synced at its last commit at once: the switch waits for the new gateways',
  core: true,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 10 });
    const commits = await stage.repository.upgrade('1.21.6');
    const last = commits[commits.length - 1];
    if (last === undefined) throw new Error('the upgrade made no commit');
    await stage.merge({ ...last, phase: `the whole upgrade, up to ${last.phase}` });
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(last.commit);
  },
};
