import { until } from '../clock.js';
import { conditionOf } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';
import type { Stage } from '../stage.js';

export const scenario: Scenario = {
  title: 'A cluster without a metrics API: an autoscaler without metrics stops no layer',
  core: false,
  withoutMetrics: true,
  async run(stage) {
    await stage.bootstrap();
    await until('the autoscalers to say that they have no metrics', () => withoutMetrics(stage), { timeout: 60 });
    const upgrade = await stage.wholeUpgrade('1.21.6');
    await stage.merge(upgrade);
    await stage.expectUpgraded(upgrade.commit, '1.21.6');
  },
};

/** Whether the fault is there: every autoscaler of the gateways has looked for metrics and found none. */
async function withoutMetrics({ lab }: Stage): Promise<boolean> {
  const scalers = await lab.cluster.kube.list(
    '/apis/autoscaling/v2/namespaces/istio-gateways/horizontalpodautoscalers',
  );
  return scalers.length > 0 && scalers.every((scaler) => conditionOf(scaler, 'ScalingActive')?.status === 'False');
}
