import { bringsDefinitions, operatorsOf } from '../catalog/definitions.js';
import { own } from '../model/maps.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { revisionOf } from '../model/revision.js';

/** The cluster after a revision has left it: where that one brought the definitions and older operators stay, they must know. */
export function withDefinitionsLeft(mesh: Mesh, before: Cluster, after: Cluster): Cluster {
  const brought = bringsDefinitions(mesh, before);
  if (brought === undefined || after.revisions.includes(brought) || operatorsOf(mesh, after).length === 0) return after;
  return { ...after, crds: revisionOf(mesh, brought).version, base: 'operator' };
}

/** An operator that was told to leave the definitions alone would put its own, older ones back as soon as it is not any more. */
export function checkDefinitions(before: Mesh, after: Mesh): Problem[] {
  return Object.entries(after.clusters).flatMap(([name, cluster]) => {
    const former = own(before.clusters, name);
    const brings = bringsDefinitions(after, cluster);
    if (former === undefined || brings === undefined || !former.revisions.includes(brings)) return [];
    const brought = bringsDefinitions(before, former);
    if (brought === brings) return [];
    const version = brought === undefined ? (former.sail ?? former.crds) : revisionOf(before, brought).version;
    const base = brought === undefined ? former.base : 'operator';
    const says =
      former.sail === undefined
        ? `crds: ${version}${base === undefined ? '' : ` and base: ${base}`}`
        : `sail: ${version}`;
    return [
      {
        rule: 'crds-back',
        message: `Cluster ${name} would get Istio's CustomResourceDefinitions of ${revisionOf(after, brings).version}, and has had those of ${version}: resources that use newer fields would lose them.`,
        fix: `Let clusters.${name} say ${says}. Where the cluster was made anew and has none, take --force crds-back`,
        forcible: true,
      },
    ];
  });
}
