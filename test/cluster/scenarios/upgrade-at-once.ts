import type { Scenario } from '../scenario.js';

export const scenario: Scenario = {
  title: 'An upgrade synced at its last commit at once: the switch waits for the new gateways',
  core: true,
  atLeast: 10_000,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 10 });
    const upgrade = await stage.wholeUpgrade('1.21.6');
    await stage.merge(upgrade);
    await stage.expectUpgraded(upgrade.commit, '1.21.6');
  },
};
