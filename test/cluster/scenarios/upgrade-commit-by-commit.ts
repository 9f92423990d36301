import type { Scenario } from '../scenario.js';

export const scenario: Scenario = {
  title: 'An upgrade merged commit by commit, gateways slow to get ready',
  core: true,
  atLeast: 10_000,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 8 });
    const last = await stage.mergePhases(await stage.repository.upgrade('1.21.6'), '1.20.8', '1.21.6');
    await stage.expectNoDrift(last);
  },
};
