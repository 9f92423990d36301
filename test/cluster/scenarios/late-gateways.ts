import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'New gateways that become ready after more than a minute: the old ones serve until then',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 65 });
    const upgrade = await stage.wholeUpgrade('1.21.6');
    await stage.push(upgrade);
    await stage.staysServing(ingress, ['1.20.8'], 60);
    await stage.expectUpgraded(upgrade.commit, '1.21.6', 300);
  },
};
