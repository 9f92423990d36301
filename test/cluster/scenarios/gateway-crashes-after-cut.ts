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
  // The requests that were under way in the crashed process are lost: no upgrade can keep them.
  mayLose: true,
  async run(stage) {
    await stage.bootstrap();
    const commits = await stage.repository.upgrade('1.21.6', 'cut');
    const cut = commits.at(-1);
    expect(cut !== undefined, 'the upgrade made no commit');
    await stage.merge({ ...cut, phase: 'the upgrade up to cut' });
    stage.expectServing(ingress, ['1.21.6']);
    const [victim] = stage.gatewayPods('1.21.6');
    expect(victim !== undefined, 'there must be a gateway to crash');
    stage.mark('fault', `crash of ${victim.metadata.name}`);
    const before = stage.sent();
    const crashed = Date.now();
    await stage.lab.pods.crash(victim);
    const count = (): number => readyEndpoints({ serving: stage.lab.watcher.serving(ingress) });
    await until('the crashed gateway to leave', () => count() === 1, { timeout: 20, every: 20 });
    const left = Date.now();
    await sleep(10_000);
    expect(count() === 1, 'the other gateway must keep serving');
    stage.lab.pods.heal();
    await until('the crashed gateway to come back', () => count() === 2, { timeout: 90 });
    await stage.synced(cut.commit, 60);
    const { lost, sent, losses } = stage.sent();
    const took = left - crashed;
    stage.mark(
      'note',
      `${lost - before.lost} of ${sent - before.sent} requests were lost in the ${took} ms of the crash`,
    );
    const problems = stage.assessments().flatMap((assessment) => assessment.problems);
    expect(problems.length === 0, problems.join('; '));
    const others = losses.filter(({ at }) => at < crashed - answer || at > left + proxyLag);
    expect(others.length === 0, `${others.length} requests were lost before the crash or after the gateway had left`);
    await stage.expectNoDrift(cut.commit);
  },
};
