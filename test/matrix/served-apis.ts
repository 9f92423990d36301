import semver from 'semver';
import { minorFor } from '../../src/catalog/versions.js';
import type { Mesh } from '../../src/model/mesh.js';
import { revisionOf } from '../../src/model/revision.js';
import type { Built } from '../support/kubectl.js';

/** The Kubernetes versions that serve an API of its own: first, and last where it went (kubernetes.io/docs/reference/using-api/deprecation-guide). */
const served: Readonly<Record<string, readonly [first: string, last?: string]>> = {
  v1: ['1.0'],
  'apps/v1': ['1.9'],
  'autoscaling/v1': ['1.2'],
  'autoscaling/v2': ['1.23'],
  'autoscaling/v2beta2': ['1.12', '1.25'],
  'batch/v1': ['1.2'],
  'policy/v1beta1': ['1.5', '1.24'],
  'policy/v1': ['1.21'],
  'rbac.authorization.k8s.io/v1': ['1.8'],
  'apiextensions.k8s.io/v1': ['1.16'],
  'admissionregistration.k8s.io/v1': ['1.16'],
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy': ['1.30'],
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding': ['1.30'],
};

/** The Kubernetes versions on which all live revisions of a cluster are supported: first and last. */
function kubernetesOf(mesh: Mesh, cluster: string): readonly [string, string] {
  const ranges = (mesh.clusters[cluster]?.revisions ?? []).map(
    (revision) => minorFor(revisionOf(mesh, revision).version).kubernetes,
  );
  const first =
    ranges
      .map(([each]) => each)
      .toSorted(compare)
      .at(-1) ?? '';
  const last = ranges.map(([, each]) => each).toSorted(compare)[0] ?? '';
  return [first, last];
}

/** Why an object of Kubernetes' own API cannot be on every Kubernetes that the cluster may have; undefined where it can. */
export function notServed({ apiVersion, kind }: Built, mesh: Mesh, cluster: string): string | undefined {
  const range = served[`${apiVersion} ${kind}`] ?? served[apiVersion];
  const isCustom = apiVersion.includes('.') && !apiVersion.split('/')[0].endsWith('.k8s.io');
  if (range === undefined) return isCustom ? undefined : `nothing is known of ${apiVersion} ${kind}`;
  const [from, to] = kubernetesOf(mesh, cluster);
  const [first, last] = range;
  // Admission policies are asked for by people whose Kubernetes has them: one that does is enough.
  const needed = kind.startsWith('ValidatingAdmissionPolicy') ? to : from;
  if (compare(needed, first) < 0) return `Kubernetes ${needed} has no ${apiVersion} ${kind}, which comes with ${first}`;
  if (last !== undefined && compare(to, last) > 0)
    return `Kubernetes ${to} has no ${apiVersion}, which went after ${last}`;
  return undefined;
}

function compare(one: string, other: string): number {
  return semver.compare(`${one}.0`, `${other}.0`);
}
