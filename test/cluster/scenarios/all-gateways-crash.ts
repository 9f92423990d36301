import { readyEndpoints } from '../../../src/cluster/timeline.js';
import { sleep, until } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

/** Milliseconds that a request may have been under way, or the Service proxy behind the API server. */
const lag = 1000;

export const scenario: Scenario = {
  title: 'All new gateways crash after the cut: noticed at once, mended by a rollback',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const { repository, lab } = stage;
    await stage.merge(await stage.wholeUpgrade('1.21.6', 'cut'));
    stage.expectServing(ingress, ['1.21.6']);
    const count = (): number => readyEndpoints({ serving: lab.watcher.serving(ingress) });
    const before = stage.sent();
    const start = Date.now();
    stage.mark('fault', 'all new gateways crash');
    for (const pod of stage.gatewayPods('1.21.6')) void lab.pods.crash(pod);
    await until('the watcher to notice at once', () => count() === 0, { timeout: 3, every: 20 });
    stage.mark('note', `noticed after ${Date.now() - start} ms`);
    await sleep(2000);
    // A phase undone would not get through: the switch waits for the layer of the dead gateways.
    const back = await repository.giveUp();
    await stage.push(back);
    await until('the old gateways to serve', () => count() > 0, { timeout: 120, every: 20 });
    const end = Date.now();
    // The one outage that an upgrade cannot prevent. It says how long it took and how much was lost.
    stage.mayLose(start - lag, end + lag);
    await sleep(5000);
    const { lost, sent } = stage.sent();
    stage.mark(
      'note',
      `traffic is back ${Math.round((end - start) / 1000)} s after the crash; ${lost - before.lost} of ${sent - before.sent} requests were lost`,
    );
    await stage.synced(back.commit);
    stage.mark('synced', 'the new revision is given up');
    stage.expectServing(ingress, ['1.20.8']);
    const gaps = stage.assessments().flatMap((assessment) => assessment.gaps);
    expect(gaps.length === 1 && gaps[0]?.to !== undefined, 'there must be one outage, and its end must be seen');
    await stage.expectNoDrift(back.commit);
  },
};
