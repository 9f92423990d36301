import { restartsOutOfOrder } from '../restarts.js';
import type { ClusterLook, Rule } from './rule.js';

export const restartAfterTag: Rule<ClusterLook> = {
  name: 'restart-after-tag',
  statement: 'The commit that restarts the workloads on a tag comes after the one that moves the tag.',
  source:
    'istio.io/docs/setup/upgrade/canary: a pod has the sidecar of the revision that its tag named when the pod started, until it restarts again',
  fix: 'Merge the commit that moves the tag first, and this one when the cluster has carried it out',
  find: ({ before, name, cluster }) =>
    restartsOutOfOrder(before?.cluster, cluster).map((tag) => ({
      where: { file: `clusters/${name}/restarts/${tag}/kustomization.yaml` },
      message: `The tag ${tag} moves in the same step, and what restarts first gets the old sidecar.`,
    })),
};
