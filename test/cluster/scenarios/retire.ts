import { until } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'The old revision retires in three steps, in order, and nothing is left Terminating',
  core: true,
  async run(stage) {
    await stage.bootstrap();
    const { repository, lab } = stage;
    const commits = await repository.upgrade('1.21.6');
    const whole = commits[commits.length - 1];
    if (whole === undefined) throw new Error('the upgrade made no commit');
    await stage.merge({ ...whole, phase: 'the whole upgrade' });
    let last = whole.commit;
    for (const step of ['gateways', 'control-plane', 'operator'] as const) {
      last = await repository.retire('1.20.8', step);
      await stage.merge({ phase: `retire ${step}`, commit: last });
      stage.expectServing(ingress, ['1.21.6']);
    }
    const { kube } = lab.cluster;
    await until(
      'the pods of the old revision to be gone',
      async () => (await kube.list('/api/v1/pods')).every(({ metadata }) => !metadata.name.includes('1-20-8')),
      { timeout: 90 },
    );
    const operators = await kube.list('/apis/install.istio.io/v1alpha1/istiooperators');
    expect(
      operators.every(({ metadata }) => metadata.deletionTimestamp === undefined),
      'no IstioOperator may be stuck in Terminating',
    );
    const webhooks = await kube.list('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations');
    expect(
      webhooks.every(({ metadata }) => !metadata.name.includes('1-20-8')),
      'no webhook of the old revision may be left',
    );
    await stage.expectNoDrift(last);
  },
};
