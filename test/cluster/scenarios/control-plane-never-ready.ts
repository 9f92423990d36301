import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';
import { faultAnnotation } from '../stand-ins/faults.js';

export const scenario: Scenario = {
  title: 'A new control plane that never gets ready: nothing switches, and it goes on when it is mended',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const { repository } = stage;
    await repository.upgrade('1.21.6');
    const broken = await repository.annotateIstiodPods(
      '1.21.6',
      { [faultAnnotation]: '{"neverReady":true}' },
      'A setting that keeps the new control plane from getting ready',
    );
    await stage.push({ phase: 'the whole upgrade, with a broken control plane', commit: broken });
    await stage.staysServing(ingress, ['1.20.8'], 60);
    const mended = await repository.annotateIstiodPods('1.21.6', undefined, 'Mend the new control plane');
    await stage.push({ phase: 'the commit that mends it', commit: mended });
    await stage.expectUpgraded(mended, '1.21.6', 400);
  },
};
