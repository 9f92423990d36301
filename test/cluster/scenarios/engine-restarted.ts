import { sleep } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';

export const scenario: Scenario = {
  title: 'The engine is killed in the middle of the upgrade and started again',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 15 });
    const upgrade = await stage.wholeUpgrade('1.21.6');
    await stage.push(upgrade);
    for (const seconds of [8, 14]) {
      await sleep(seconds * 1000);
      expect((await stage.lab.engine.state(upgrade.commit)) !== 'synced', 'the upgrade must still be under way');
      stage.mark('fault', 'the engine is killed');
      await stage.lab.engine.kill();
      await sleep(3000);
      await stage.lab.engine.start();
      stage.mark('note', 'the engine is back');
    }
    await stage.expectUpgraded(upgrade.commit, '1.21.6', 300);
  },
};
