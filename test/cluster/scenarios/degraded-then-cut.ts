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
    const cut = (await repository.upgrade('1.21.6', 'cut')).at(-1);
    if (cut === undefined) throw new Error('the upgrade made no commit');
    await stage.push({ ...cut, phase: 'cut, all the same' });
    await stage.staysServing(ingress, ['1.20.8'], 60);
    const mended = await repository.annotateGatewayPods('1.21.6', undefined, 'Mend the new gateways');
    const start = Date.now();
    await stage.push({ phase: 'the commit that mends them', commit: mended });
    await stage.synced(mended, 300);
    stage.mark('synced', `mended ${Math.round((Date.now() - start) / 1000)} s after the push`);
    stage.expectServing(ingress, ['1.21.6']);
    await stage.expectNoDrift(mended);
  },
};
