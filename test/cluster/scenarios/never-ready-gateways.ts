import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';
import { faultAnnotation } from '../stand-ins/faults.js';

export const scenario: Scenario = {
  title:
    'New gateways that never get ready do not get the traffic, and the commit that mends them goes through by itself',
  core: true,
  atLeast: 10_000,
  async run(stage) {
    await stage.bootstrap();
    const { repository } = stage;
    await repository.upgrade('1.21.6');
    const broken = await repository.annotateGatewayPods(
      '1.21.6',
      { [faultAnnotation]: '{"neverReady":true}' },
      'A setting that keeps the new gateways from getting ready',
    );
    await stage.push({ phase: 'the whole upgrade, with broken gateways', commit: broken });
    await stage.staysServing(ingress, ['1.20.8'], 45);
    await stage.expectUpgraded(await stage.mendGateways('1.21.6'), '1.21.6');
  },
};
