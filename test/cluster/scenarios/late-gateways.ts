import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'New gateways that become ready after more than a minute: the old ones serve until then',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    stage.lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { readyAfter: 65 });
    const commits = await stage.repository.upgrade('1.21.6');
    const last = commits[commits.length - 1];
    if (last === undefined) throw new Error('the upgrade made no commit');
    await stage.push({ ...last, phase: 'the whole upgrade' });
    await stage.staysServing(ingress, ['1.20.8'], 60);
    await stage.synced(last.commit, 300);
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(last.commit);
  },
};
