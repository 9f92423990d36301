import type { Scenario } from '../scenario.js';

export const scenario: Scenario = {
  title: 'A second upgrade after the first one is finished',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    let last = '';
    for (const [from, to] of [
      ['1.20.8', '1.21.6'],
      ['1.21.6', '1.22.8'],
    ] as const) {
      await stage.merge(await stage.wholeUpgrade(to));
      last = await stage.retire(from, to);
    }
    await stage.expectNoDrift(last);
  },
};
