import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'Rollback from every phase, and forward again',
  core: true,
  async run(stage) {
    await stage.bootstrap();
    const { repository } = stage;
    const serving: Readonly<Record<string, readonly string[]>> = {
      blend: ['1.20.8', '1.21.6'],
      cut: ['1.21.6'],
      default: ['1.21.6'],
    };
    let last = '';
    for (const through of ['add', 'workloads', 'blend', 'cut', 'default']) {
      for (const commit of await repository.upgrade('1.21.6', through)) {
        await stage.merge(commit);
        stage.expectServing(ingress, serving[commit.phase] ?? ['1.20.8']);
      }
      for (const commit of await repository.rollback()) {
        await stage.merge(commit);
        last = commit.commit;
      }
    }
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(last);
  },
};
