import semver from 'semver';
import { istioMinors, minorOf } from '../../catalog/versions.js';
import type { Cluster, Mesh } from '../../model/mesh.js';
import { controlPlaneRevisions, revisionOf } from '../../model/revision.js';
import type { Hit, Rule } from './rule.js';

/** What only a cluster can say, as plain data; undefined where it could not be asked. */
export interface LiveLook {
  readonly mesh: Mesh;
  readonly name: string;
  readonly cluster: Cluster;
  /** The version of the API server: v1.29.3. */
  readonly kubernetes: string | undefined;
  /** The keys of the ConfigMap argocd-cm. */
  readonly argoSettings: readonly string[] | undefined;
  /** The version of Istio's CustomResourceDefinitions that are installed: 1.29.4. */
  readonly crds: string | undefined;
}

const meshOf = ({ name }: LiveLook) => ({ file: `clusters/${name}/kustomization.yaml` });

const argoKnowsHealth: Rule<LiveLook> = {
  name: 'live-argo-health',
  statement: 'The Argo CD of the cluster has the health checks that the layers wait for.',
  source: 'argo-cd.readthedocs.io/en/stable/operator-manual/health: a kind without a check is healthy at once',
  fix: 'kubectl apply --server-side --field-manager=istio-prod -f delivery/argo-cd/argocd-cm.yaml',
  find: (look) => {
    if (look.mesh.engine !== 'argo-cd' || look.argoSettings === undefined) return [];
    const installs = new Set(look.cluster.revisions.map((revision) => revisionOf(look.mesh, revision).install));
    return [
      ...(installs.has('operator') ? ['install.istio.io_IstioOperator'] : []),
      ...(installs.has('helm') || look.cluster.crds !== undefined ? ['argoproj.io_Application'] : []),
    ]
      .filter((kind) => !look.argoSettings?.includes(`resource.customizations.health.${kind}`))
      .map((kind): Hit => ({ where: meshOf(look), message: `argocd-cm has no health check of ${kind}.` }));
  },
};

const kubernetesInRange: Rule<LiveLook> = {
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
      const outside =
        first !== undefined &&
        last !== undefined &&
        !semver.satisfies(`${server.major}.${server.minor}.0`, `${first} - ${last}`);
      return outside
        ? [
            {
              where: meshOf(look),
              message: `Kubernetes is ${look.kubernetes}, and Istio ${version} supports ${first} to ${last}.`,
            },
          ]
        : [];
    });
  },
};

const crdsNotNewer: Rule<LiveLook> = {
  name: 'live-crds',
  statement: 'The cluster has no newer CustomResourceDefinitions of Istio than the repository brings.',
  source: 'istio.io/docs/setup/upgrade/helm: to apply older definitions takes fields away from resources that use them',
  fix: 'Set "crds" of the cluster to the version that it has, and run yo istio-prod',
  find: (look) => {
    const wanted =
      look.cluster.crds ??
      controlPlaneRevisions(look.cluster)
        .map((each) => revisionOf(look.mesh, each).version)
        .toSorted(semver.compare)
        .at(-1);
    return look.crds !== undefined &&
      wanted !== undefined &&
      semver.valid(look.crds) !== null &&
      semver.gt(look.crds, wanted)
      ? [{ where: meshOf(look), message: `They are of ${look.crds}, and the repository brings ${wanted}.` }]
      : [];
  },
};

/** What is asked of a cluster itself, beyond its files. */
export const liveRules: readonly Rule<LiveLook>[] = [argoKnowsHealth, kubernetesInRange, crdsNotNewer];
