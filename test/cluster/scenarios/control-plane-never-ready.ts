import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'A new control plane that never gets ready: nothing switches, and it goes on when it is mended',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const mend = stage.lab.faults.set({ revision: '1-21-6', role: 'control-plane' }, { neverReady: true });
    const upgrade = await stage.wholeUpgrade('1.21.6');
    await stage.push(upgrade);
    await stage.staysServing(ingress, ['1.20.8'], 60);
    stage.mark('note', 'the new control plane gets ready after all');
    mend();
    await stage.expectUpgraded(upgrade.commit, '1.21.6', 400);
  },
};
