import { until } from '../clock.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';
import { faultAnnotation } from '../stand-ins/faults.js';

export const scenario: Scenario = {
  title:
    'A new gateway is reported as failed after `add`, and `cut` is merged all the same: the switch does not happen',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const { repository, lab } = stage;
    await repository.upgrade('1.21.6', 'add');
    const broken = await repository.annotateGatewayPods(
      '1.21.6',
      { [faultAnnotation]: '{"neverReady":true}' },
      'A setting that keeps the new gateways from getting ready',
    );
    await stage.push({ phase: 'add, with gateways that never get ready', commit: broken });
    const path = '/apis/apps/v1/namespaces/istio-gateways/deployments/istio-ingressgateway-1-21-6';
    await until(
      'the Deployment to pass its progress deadline',
      async () => {
        const deployment = await lab.cluster.kube.find(path);
        return deployment?.status?.conditions?.some(
          ({ reason }: { reason?: string }) => reason === 'ProgressDeadlineExceeded',
        );
      },
      { timeout: 420, every: 1000 },
    );
    stage.mark('fault', 'the new gateways passed their progress deadline');
    await stage.push(await stage.wholeUpgrade('1.21.6', 'cut'));
    await stage.staysServing(ingress, ['1.20.8'], 60);
    await stage.expectUpgraded(await stage.mendGateways('1.21.6'), '1.21.6');
  },
};
