import semver from 'semver';
import { at, textAt } from '../../model/kube-object.js';
import { controlPlanesOf, type Release, releasesOf } from './releases.js';
import { type ClusterLook, type Hit, layerFile, ofKind, type Rule } from './rule.js';

export const crdsForward: Rule<ClusterLook> = {
  name: 'crds-forward',
  statement:
    "Istio's CustomResourceDefinitions come in the newest version of the cluster, from one owner, and never go back.",
  source:
    'istio.io/docs/setup/upgrade/helm: a control plane tolerates newer definitions, and an older one removes fields that resources use',
  fix: 'Set "crds" of the cluster to the newest version that it has had, and run yo istio-prod',
  find: (look) => {
    const bases = basesOf(look);
    const former = look.before === undefined ? undefined : basesOf(look.before)[0]?.version;
    const versions = controlPlanesOf(look)
      .filter(({ where }) => !['IstioOperator', 'IstioRevision'].includes(where.object.kind))
      .map(({ version }) => version);
    const bySail = releasesOf(look).some(({ chart }) => chart === 'sail-operator');
    return [
      ...bases.flatMap(({ where, version }, index): Hit[] => {
        if (index > 0) return [{ where, message: 'Another release brings them too.' }];
        const newest = [...versions, ...(former === undefined ? [] : [former])]
          .filter((each) => semver.valid(each) !== null)
          .toSorted(semver.compare)
          .at(-1);
        return newest !== undefined && (semver.valid(version) === null || semver.lt(version, newest))
          ? [{ where, message: `It brings them in ${version}; ${newest} is there.` }]
          : [];
      }),
      ...(versions.length > 0 && bases.length === 0 && !bySail
        ? [
            {
              where: layerFile(look, '2-operators'),
              message: 'Neither a release nor manifests of the chart base are built.',
            },
          ]
        : []),
      ...(ofKind(look, 'IstioRevision').length > 0 && !bySail
        ? [{ where: layerFile(look, '2-operators'), message: 'No release of the Sail Operator is built.' }]
        : []),
      ...twoBringing(look),
    ];
  },
};

/** What brings the definitions: releases of the chart `base`, and its manifests, once a version. */
function basesOf(look: Pick<ClusterLook, 'objects'>): Pick<Release, 'where' | 'version'>[] {
  const rendered = new Map(
    look.objects.flatMap((where) => {
      const version = /^bases\/istio-base\/([^/]+)\//.exec(where.file)?.[1];
      return version !== undefined && where.object.kind === 'CustomResourceDefinition'
        ? [[version, where] as const]
        : [];
    }),
  );
  return [
    ...releasesOf(look).filter(({ chart }) => chart === 'base'),
    ...[...rendered].map(([version, where]) => ({ where, version })),
  ];
}

/** An operator that restarts applies its definitions again, so only the newest may bring them. */
function twoBringing(look: ClusterLook): Hit[] {
  const bringing = controlPlanesOf(look).filter(
    ({ where: { object } }) =>
      object.kind === 'IstioOperator' &&
      at(object, 'spec.components.base.enabled') !== false &&
      at(object, 'spec.values.base.enableIstioConfigCRDs') !== false,
  );
  const newest = bringing
    .map(({ version }) => version)
    .filter((version) => semver.valid(version) !== null)
    .toSorted(semver.compare)
    .at(-1);
  return bringing
    .filter(({ version }) => version !== newest)
    .map(({ where }) => ({
      where,
      message: `Its operator brings definitions of ${textAt(where.object, 'spec.tag')}, and ${newest} is there.`,
    }));
}
