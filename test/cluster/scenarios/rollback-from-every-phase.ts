import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'Rollback from every phase, and forward again',
  core: true,
  atLeast: 10_000,
  async run(stage) {
    await stage.bootstrap();
    const { repository } = stage;
    let last = '';
    for (const through of ['add', 'workloads', 'blend', 'cut', 'default']) {
      await stage.mergePhases(await repository.upgrade('1.21.6', through), '1.20.8', '1.21.6');
      for (const commit of await repository.rollback()) {
        await stage.merge(commit);
        last = commit.commit;
      }
    }
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(last);
  },
};
