import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'Rollback from every phase, and forward again',
  core: true,
  atLeast: 10_000,
  async run(stage) {
    await stage.bootstrap();
    const { repository } = stage;
    /** What serves when the last phase is undone. */
    const serving = {
      add: ['1.20.8'],
      workloads: ['1.20.8'],
      blend: ['1.20.8'],
      cut: ['1.20.8', '1.21.6'],
      default: ['1.21.6'],
    } as const;
    let last = '';
    for (const [through, versions] of Object.entries(serving)) {
      await stage.mergePhases(await repository.upgrade('1.21.6', through), '1.20.8', '1.21.6');
      for (const commit of await repository.rollback()) {
        await stage.merge(commit);
        last = commit.commit;
      }
      stage.expectServing(ingress, versions);
    }
    await stage.expectNoDrift(last);
  },
};
