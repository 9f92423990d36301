import { nothingLeftOf } from '../kube/leftovers.js';
import type { Scenario } from '../scenario.js';

export const scenario: Scenario = {
  title:
    'An upgrade merged commit by commit, gateways slow to get ready, and the old revision retires in its three steps',
  core: true,
  atLeast: 10_000,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 8 });
    await stage.mergePhases(await stage.repository.upgrade('1.21.6'), '1.20.8', '1.21.6');
    const last = await stage.retire('1.20.8', '1.21.6');
    await nothingLeftOf('1-20-8', stage.lab.cluster.kube);
    await stage.expectNoDrift(last);
  },
};
