import { until } from '../clock.js';
import { expect } from '../errors.js';
import type { Scenario } from '../scenario.js';

export const scenario: Scenario = {
  title: 'The old revision retires in three steps, in order, and nothing is left Terminating',
  core: true,
  atLeast: 10_000,
  async run(stage) {
    await stage.bootstrap();
    await stage.merge(await stage.wholeUpgrade('1.21.6'));
    const last = await stage.retire('1.20.8', '1.21.6');
    const { kube } = stage.lab.cluster;
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
