import { sleep, until } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';
import { readyEndpoints } from '../traffic/timeline.js';

export const scenario: Scenario = {
  title: 'All new gateways crash after the cut: noticed at once, mended by a rollback',
  core: false,
  // The one outage that an upgrade cannot prevent. It says how long it took and how much was lost.
  mayLose: true,
  async run(stage) {
    await stage.bootstrap();
    const { repository, lab } = stage;
    for (const commit of await repository.upgrade('1.21.6', 'cut')) await stage.merge(commit);
    const count = (): number => readyEndpoints({ serving: lab.watcher.serving(ingress) });
    const before = stage.sent();
    const start = Date.now();
    stage.mark('fault', 'all new gateways crash');
    for (const pod of stage.gatewayPods('1.21.6')) void lab.pods.crash(pod);
    await until('the watcher to notice', () => count() === 0, { timeout: 20, every: 20 });
    stage.mark('note', `noticed after ${Date.now() - start} ms`);
    await sleep(2000);
    const [back] = await repository.rollback();
    expect(back !== undefined, 'the rollback made no commit');
    await stage.push({ ...back, phase: 'the rollback' });
    await until('the old gateways to serve', () => count() > 0, { timeout: 120 });
    const { lost, sent } = stage.sent();
    stage.mark(
      'synced',
      `traffic is back ${Math.round((Date.now() - start) / 1000)} s after the crash; ${lost - before.lost} of ${sent - before.sent} requests were lost`,
    );
    const [gap] = stage.assessments().flatMap(({ gaps }) => gaps);
    expect(gap?.to !== undefined, 'the outage must be seen, and its end');
    lab.pods.heal();
    await stage.synced(back.commit, 180);
    await stage.expectNoDrift(back.commit);
  },
};
