import { until } from '../clock.js';
import type { EngineName } from '../delivery/engine.js';
import { expect } from '../errors.js';
import type { KubeObject } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';
import type { Stage } from '../stage.js';

const namespace = 'shop';

export const scenario: Scenario = {
  title:
    'Commits restart the workloads of the repository, each after its tag: they get the sidecar that it names, and back',
  core: false,
  async run(stage) {
    const { repository, lab } = stage;
    await stage.bootstrap();
    await lab.cluster.kube.mergePatch(`/api/v1/namespaces/${namespace}`, {
      metadata: { labels: { 'istio.io/rev': 'prod' } },
    });
    const commit = await repository.restartByCommits(namespace);
    await stage.push({ phase: 'the workloads', commit });
    await lab.cluster.kube.apply(synced[lab.engine.name](lab.gitServer.url));
    await stage.synced(commit);
    await expectSidecars(stage, '1-20-8');

    const [add, tag, restarts, ...others] = await repository.upgrade('1.21.6', 'workloads');
    expect(add !== undefined && tag !== undefined && restarts !== undefined && others.length === 0, 'three commits');
    await stage.merge(add);
    await stage.merge(tag);
    await expectNoRestart(stage, '1-20-8');
    await stage.merge(restarts);
    await expectSidecars(stage, '1-21-6');

    const [back, again] = await repository.rollback();
    expect(back !== undefined && again !== undefined, 'two commits');
    await stage.merge(back);
    await expectNoRestart(stage, '1-21-6');
    await stage.merge(again);
    await expectSidecars(stage, '1-20-8');
    await stage.expectNoDrift(again.commit);
  },
};

/** What syncs the folder of the team, beside what syncs the mesh: nothing orders the two. */
const synced: Readonly<Record<EngineName, (url: string) => KubeObject>> = {
  flux: () => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'apps', namespace: 'flux-system' },
    spec: {
      interval: '10m',
      path: `./apps/${namespace}`,
      prune: true,
      sourceRef: { kind: 'GitRepository', name: 'istio' },
    },
  }),
  'argo-cd': (repoURL) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'apps', namespace: 'argocd' },
    spec: {
      project: 'default',
      source: { repoURL, targetRevision: 'main', path: `apps/${namespace}` },
      destination: { server: 'https://kubernetes.default.svc', namespace },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    },
  }),
};

/** The revisions of the sidecars that the injectors gave the pods. */
async function sidecars({ lab }: Stage): Promise<string[]> {
  const pods = await lab.cluster.kube.list(`/api/v1/namespaces/${namespace}/pods`);
  return pods.map(({ metadata }) => JSON.parse(metadata.annotations?.['sidecar.istio.io/status'] ?? '{}').revision);
}

async function expectSidecars(stage: Stage, revision: string): Promise<void> {
  const wanted = `${revision},${revision}`;
  await until(`sidecars of ${revision}`, async () => (await sidecars(stage)).join() === wanted, { timeout: 90 });
  stage.mark('note', `both pods have the sidecar of ${revision}`);
}

async function expectNoRestart(stage: Stage, revision: string): Promise<void> {
  const found = await sidecars(stage);
  expect(found.join() === `${revision},${revision}`, `a tag that moves restarts nothing: ${found.join()}`);
}
