import { sleep } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'The API server is restarted in the middle of the upgrade',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 15 });
    const upgrade = await stage.wholeUpgrade('1.21.6');
    await stage.push(upgrade);
    await sleep(12_000);
    stage.expectServing(ingress, ['1.20.8']);
    expect((await stage.lab.engine.state(upgrade.commit)) !== 'synced', 'the upgrade must still be under way');
    stage.mark('fault', 'the API server goes down');
    await stage.lab.cluster.restartApiServer();
    stage.mark('note', 'the API server is back');
    await stage.expectUpgraded(upgrade.commit, '1.21.6', 300);
  },
};
