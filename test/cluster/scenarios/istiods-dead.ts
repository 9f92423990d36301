import { until } from '../clock.js';
import type { Scenario } from '../scenario.js';
import { ingress, type Stage } from '../stage.js';

const controlPlane = '/apis/apps/v1/namespaces/istio-system/deployments/istiod-1-20-8';

export const scenario: Scenario = {
  title: 'Every istiod is dead: gateways go on serving, and a commit gets through to mend it',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const { repository, lab } = stage;
    const pods = lab.pods.pods().filter(({ metadata }) => metadata.labels?.app === 'istiod');
    // These pods stay dead until the end: what mends istiod is a commit that makes new ones.
    for (const { metadata } of pods) lab.faults.set({ name: new RegExp(`^${metadata.name}$`) }, { neverReady: true });
    stage.mark('fault', 'every istiod is killed');
    for (const pod of pods) await lab.pods.crash(pod);
    await until('no istiod to be ready', async () => (await readyIstiods(stage)) === 0, { timeout: 20 });
    await stage.staysServing(ingress, ['1.20.8'], 5);
    const message = 'A setting with which istiod lives';
    const mended = await repository.annotateIstiodPods('1.20.8', { 'example.com/mended': 'true' }, message);
    const start = Date.now();
    await stage.push({ phase: 'the commit that mends istiod', commit: mended });
    await until('a living istiod', async () => (await readyIstiods(stage)) > 0, { timeout: 120 });
    stage.mark('note', `istiod lives ${Math.round((Date.now() - start) / 1000)} s after the push`);
    await stage.synced(mended, 300);
    stage.mark('synced', 'mended');
    stage.expectServing(ingress, ['1.20.8']);
    await stage.expectNoDrift(mended);
    const upgrade = await stage.wholeUpgrade('1.21.6');
    await stage.merge(upgrade);
    await stage.expectUpgraded(upgrade.commit, '1.21.6');
  },
};

async function readyIstiods({ lab }: Stage): Promise<number> {
  const deployment = await lab.cluster.kube.get(controlPlane);
  return deployment.status?.readyReplicas ?? 0;
}
