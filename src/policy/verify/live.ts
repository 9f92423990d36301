import semver from 'semver';
import { istioMinors, minorOf } from '../../catalog/versions.js';
import type { Cluster, Mesh } from '../../model/mesh.js';
import { controlPlaneRevisions, revisionOf } from '../../model/revision.js';
import type { Hit, Rule } from './rule.js';

/** What only a cluster can say, as plain data; undefined where it has none, or could not be asked. */
export interface LiveLook {
  readonly mesh: Mesh;
  readonly name: string;
  readonly cluster: Cluster;
  /** The version of the API server: v1.29.3. */
  readonly kubernetes: string | undefined;
  /** The keys of the ConfigMap argocd-cm in the cluster. */
  readonly argoSettings: readonly string[] | undefined;
  /** The keys of the same in the repository: the health checks that the layers wait for. */
  readonly wantedSettings: readonly string[];
  /** The version that Istio's CustomResourceDefinitions there are of; where Sail brings them, that of its operator. */
  readonly crds: string | undefined;
}

/** The rules that ask a cluster. */
export type LiveRuleName = 'live-argo-health' | 'live-kubernetes' | 'live-crds';

const clusterFile = ({ name }: LiveLook) => ({ file: `clusters/${name}/kustomization.yaml` });

const argoKnowsHealth: Rule<LiveLook> & { readonly name: LiveRuleName } = {
  name: 'live-argo-health',
  statement: 'The Argo CD of the cluster has the health checks that the layers wait for.',
  source: 'argo-cd.readthedocs.io/en/stable/operator-manual/health: a kind without a check is healthy at once',
  fix: 'Add them: kubectl apply --server-side --field-manager=istio-prod -f delivery/argo-cd/argocd-cm.yaml',
  find: ({ argoSettings, wantedSettings }) =>
    argoSettings === undefined
      ? []
      : wantedSettings
          .filter((key) => !argoSettings.includes(key))
          .map((key) => ({
            where: { file: 'delivery/argo-cd/argocd-cm.yaml' },
            message: `The ConfigMap argocd-cm in the cluster has no ${key}.`,
          })),
};

const kubernetesInRange: Rule<LiveLook> & { readonly name: LiveRuleName } = {
  name: 'live-kubernetes',
  statement: 'Every live Istio version supports the Kubernetes version of the cluster.',
  source: 'istio.io/docs/releases/supported-releases: the Kubernetes versions that each minor is tested with',
  fix: 'Upgrade Istio first where Kubernetes is to move on, and Kubernetes first where a newer Istio asks for it',
  find: (look) => {
    const server = semver.coerce(look.kubernetes);
    if (server === null) return [];
    return controlPlaneRevisions(look.cluster).flatMap((revision): Hit[] => {
      const { version } = revisionOf(look.mesh, revision);
      const [first, last] = istioMinors.find(({ minor }) => minor === minorOf(version))?.kubernetes ?? [];
      const range = `${first} - ${last}`;
      return first === undefined || semver.satisfies(`${server.major}.${server.minor}.0`, range)
        ? []
        : [
            {
              where: clusterFile(look),
              message: `Kubernetes is ${look.kubernetes}, and Istio ${version} supports ${first} to ${last}.`,
            },
          ];
    });
  },
};

const crdsNotNewer: Rule<LiveLook> & { readonly name: LiveRuleName } = {
  name: 'live-crds',
  statement: 'The cluster has no newer CustomResourceDefinitions of Istio than the repository brings.',
  source: 'istio.io/docs/setup/upgrade/helm: to apply older definitions takes fields away from resources that use them',
  fix: 'Set "crds" of the cluster (with "base: operator" where operators bring them; "sail" where Sail does) to the version that it has, and run yo istio-prod',
  find: (look) => {
    const { sail, crds, revisions } = look.cluster;
    // An operator that is about to go still brought its own.
    const versions = revisions
      .map((each) => revisionOf(look.mesh, each).version)
      .filter((version) => semver.valid(version) !== null);
    const wanted = sail ?? [...versions, ...(crds === undefined ? [] : [crds])].toSorted(semver.compare).at(-1);
    return wanted !== undefined && semver.valid(look.crds) !== null && semver.gt(look.crds ?? wanted, wanted)
      ? [
          {
            where: clusterFile(look),
            message: `${sail === undefined ? 'They are of' : 'The Sail Operator there is of'} ${look.crds}, and the repository brings ${wanted}.`,
          },
        ]
      : [];
  },
};

/** What is asked of a cluster itself, beyond its files. */
export const liveRules = [argoKnowsHealth, kubernetesInRange, crdsNotNewer] as const;
