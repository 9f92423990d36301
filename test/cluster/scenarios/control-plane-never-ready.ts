import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'A new control plane that never gets ready: nothing switches, and it goes on when it is mended',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const mend = stage.lab.faults.set({ revision: '1-21-6', role: 'control-plane' }, { neverReady: true });
    const last = (await stage.repository.upgrade('1.21.6')).at(-1);
    expect(last !== undefined, 'the upgrade made no commit');
    await stage.push({ ...last, phase: 'the whole upgrade' });
    await stage.staysServing(ingress, ['1.20.8'], 60);
    stage.mark('note', 'the new control plane gets ready after all');
    mend();
    await stage.synced(last.commit, 400);
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(last.commit);
  },
};
