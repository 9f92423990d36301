import { sleep, until } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';
import { readyEndpoints } from '../traffic/timeline.js';

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
    await stage.lab.pods.crash(victim);
    const count = (): number => readyEndpoints({ serving: stage.lab.watcher.serving(ingress) });
    await until('the crashed gateway to leave', () => count() === 1, { timeout: 20 });
    await sleep(10_000);
    expect(count() === 1, 'the other gateway must keep serving');
    stage.lab.pods.heal();
    await until('the crashed gateway to come back', () => count() === 2, { timeout: 30 });
    await stage.lab.engine.synced(cut.commit, 60);
    const { lost, sent } = stage.sent();
    stage.mark('note', `${lost - before.lost} of ${sent - before.sent} requests were lost by the crash`);
    expect(
      stage.assessments().every(({ gaps }) => gaps.length === 0),
      'there must always be a ready endpoint',
    );
    expect(lost - before.lost < (sent - before.sent) / 20, 'only what was under way may be lost');
    await stage.expectNoDrift(cut.commit);
  },
};
