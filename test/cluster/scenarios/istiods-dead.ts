import { sleep, until } from '../clock.js';
import type { Scenario } from '../scenario.js';
import { ingress } from '../stage.js';

export const scenario: Scenario = {
  title: 'Every istiod is dead: gateways go on serving, and a commit gets through to mend it',
  core: false,
  async run(stage) {
    await stage.bootstrap();
    const { repository, lab } = stage;
    const fault = lab.faults.set({ role: 'control-plane', revision: '1-20-8' }, { neverReady: true });
    stage.mark('fault', 'every istiod is killed');
    for (const pod of lab.pods.pods()) if (pod.metadata.labels?.app === 'istiod') await lab.pods.crash(pod);
    await until(
      'no istiod to be ready',
      async () => {
        const slices = await lab.cluster.kube.list(
          '/apis/discovery.k8s.io/v1/namespaces/istio-system/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Distiod-1-20-8',
        );
        return slices.every(({ endpoints }) =>
          (endpoints ?? []).every(
            (endpoint: { conditions?: { ready?: boolean } }) => endpoint.conditions?.ready === false,
          ),
        );
      },
      { timeout: 20 },
    );
    await sleep(5000);
    stage.expectServing(ingress, ['1.20.8']);
    // A new revision is a commit that mends it: its own istiod is alive, whatever the old one does.
    const commits = await repository.upgrade('1.21.6');
    const last = commits.at(-1);
    if (last === undefined) throw new Error('the upgrade made no commit');
    await stage.push({ ...last, phase: 'the whole upgrade to a control plane that lives' });
    await until(
      'the new control plane',
      async () => {
        const deployment = await lab.cluster.kube.find(
          '/apis/apps/v1/namespaces/istio-system/deployments/istiod-1-21-6',
        );
        return (deployment?.status?.readyReplicas ?? 0) > 0;
      },
      { timeout: 180 },
    );
    stage.mark('note', 'the new control plane is up');
    await stage.synced(last.commit, 300);
    stage.expectServing(ingress, ['1.21.6']);
    fault();
    lab.pods.heal();
    await stage.expectNoDrift(last.commit);
  },
};
