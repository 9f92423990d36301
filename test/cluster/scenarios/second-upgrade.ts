import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'A second upgrade after the first one is finished',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const { repository } = stage;
    let last = '';
    for (const [from, to] of [
      ['1.20.8', '1.21.6'],
      ['1.21.6', '1.22.8'],
    ] as const) {
      const commit = (await repository.upgrade(to)).at(-1);
      if (commit === undefined) throw new Error('the upgrade made no commit');
      await stage.merge({ ...commit, phase: `the whole upgrade to ${to}` });
      stage.expectServing(ingress, [to]);
      for (const step of ['gateways', 'control-plane', 'operator'] as const) {
        last = await repository.retire(from, step);
        await stage.merge({ phase: `retire ${step} of ${from}`, commit: last });
      }
    }
    stage.expectServing(ingress, ['1.22.8']);
    await stage.expectNoDrift(last);
  },
};
