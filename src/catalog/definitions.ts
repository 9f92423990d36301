import semver from 'semver';
import type { Cluster, Mesh } from '../model/mesh.js';
import { revisionOf } from '../model/revision.js';

/** The version of Istio's CustomResourceDefinitions that the chart `base` brings to a cluster; undefined where it does not. */
export function definitionsByChart({ base, crds }: Cluster): string | undefined {
  return base === 'operator' ? undefined : crds;
}

/**
 * The operator that brings Istio's CustomResourceDefinitions to a cluster, by its revision: the newest one, also while it goes.
 * The others are told to leave them alone. Undefined where charts or the Sail Operator bring them, or where a newer operator
 * has and went: definitions never go back, since an older version takes fields away that resources use
 * (istio.io/docs/setup/upgrade/helm).
 */
export function bringsDefinitions(mesh: Mesh, cluster: Cluster): string | undefined {
  if (cluster.sail !== undefined || definitionsByChart(cluster) !== undefined) return undefined;
  const version = (revision: string) => revisionOf(mesh, revision).version;
  const newest = operatorsOf(mesh, cluster)
    .toSorted((one, other) => semver.compare(version(one), version(other)))
    .at(-1);
  return newest === undefined || semver.lt(version(newest), cluster.crds ?? version(newest)) ? undefined : newest;
}

/** The revisions of a cluster that an operator of their own installs. */
export function operatorsOf(mesh: Mesh, { revisions }: Pick<Cluster, 'revisions'>): string[] {
  return revisions.filter((revision) => revisionOf(mesh, revision).install === 'operator');
}
