import { sleep } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';

export const scenario: Scenario = {
  title: 'Every commit of the upgrade is pushed while the sync of the one before is under way',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 15 });
    const commits = await stage.repository.upgrade('1.21.6');
    let last = '';
    for (const commit of commits) {
      await stage.push(commit);
      last = commit.commit;
      await sleep(3000);
      expect((await stage.lab.engine.state(last)) !== 'synced', 'the sync must still be under way');
    }
    await stage.expectUpgraded(last, '1.21.6', 300);
  },
};
