import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'An upgrade merged commit by commit, gateways slow to get ready',
  core: true,
  atLeast: 10_000,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 8 });
    let last = '';
    for (const commit of await stage.repository.upgrade('1.21.6')) {
      await stage.merge(commit);
      if (commit.phase === 'add') stage.expectServing(ingress, ['1.20.8']);
      if (commit.phase === 'blend') stage.expectServing(ingress, ['1.20.8', '1.21.6']);
      if (commit.phase === 'cut') stage.expectServing(ingress, ['1.21.6']);
      last = commit.commit;
    }
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(last);
  },
};
