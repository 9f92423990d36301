import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'From nothing to a healthy mesh that answers requests',
  core: true,
  async run(stage) {
    const commit = await stage.bootstrap();
    stage.expectServing(ingress, ['1.20.8']);
    await stage.expectNoDrift(commit);
  },
};
