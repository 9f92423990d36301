import { readyEndpoints } from '../../../src/cluster/timeline.js';
import { sleep, until } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

/** Milliseconds for which a request may have been under way when the process crashed. */
const answer = 1000;
/** Milliseconds that the Service proxy may be behind the API server. */
const proxyLag = 1000;

export const scenario: Scenario = {
  title: 'One new gateway crashes after the cut: the other one serves, and it comes back',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const cut = await stage.wholeUpgrade('1.21.6', 'cut');
    await stage.merge(cut);
    stage.expectServing(ingress, ['1.21.6']);
    const [victim] = stage.gatewayPods('1.21.6');
    expect(victim !== undefined, 'there must be a gateway to crash');
    stage.mark('fault', `crash of ${victim.metadata.name}`);
    const before = stage.sent();
    const crashed = Date.now();
    await stage.lab.pods.crash(victim);
    const count = (): number => readyEndpoints({ serving: stage.lab.watcher.serving(ingress) });
    await until('the crashed gateway to leave', () => count() === 1, { timeout: 3, every: 20 });
    const left = Date.now();
    // The requests that were under way in the crashed process are lost: no upgrade can keep them.
    stage.mayLose(crashed - answer, left + proxyLag);
    await sleep(10_000);
    expect(count() === 1, 'the other gateway must keep serving');
    stage.lab.pods.heal();
    await until('the crashed gateway to come back', () => count() === 2, { timeout: 90 });
    await stage.synced(cut.commit, 60);
    const { lost, sent } = stage.sent();
    const took = left - crashed;
    stage.mark(
      'note',
      `${lost - before.lost} of ${sent - before.sent} requests were lost in the ${took} ms of the crash`,
    );
    expect(
      stage.assessments().every(({ gaps }) => gaps.length === 0),
      'one gateway must serve all the time',
    );
    await stage.expectNoDrift(cut.commit);
  },
};
