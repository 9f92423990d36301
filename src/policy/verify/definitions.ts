import semver from 'semver';
import { at, type Located } from '../../model/kube-object.js';
import { controlPlanesOf, type Release, releasesOf } from './releases.js';
import { type ClusterLook, type Hit, layerFile, ofKind, type Rule } from './rule.js';

export const crdsForward: Rule<ClusterLook> = {
  name: 'crds-forward',
  statement:
    "Istio's CustomResourceDefinitions come in the newest version of the cluster, from one owner, and never go back.",
  source:
    'istio.io/docs/setup/upgrade/helm: a control plane tolerates newer definitions, and an older one removes fields that resources use',
  fix: 'Set "crds" of the cluster to the newest version that it has had ("base: operator" where operators bring them), and run yo istio-prod',
  find: (look) => {
    const bases = basesOf(look);
    const former = look.before === undefined ? undefined : basesOf(look.before)[0]?.version;
    const versions = controlPlanesOf(look)
      .filter(({ where }) => !['IstioOperator', 'IstioRevision'].includes(where.object.kind))
      .map(({ version }) => version);
    // Beside a chart that brings them, operators leave them alone, and need them all the same.
    const operated = operatorsOf(look).map(({ version }) => version);
    const bySail = releasesOf(look).some(({ chart }) => chart === 'sail-operator');
    return [
      ...bases.flatMap(({ where, version }, index): Hit[] => {
        if (index > 0) return [{ where, message: 'Another release brings them too.' }];
        const newest = [...versions, ...(bySail ? [] : operated), ...(former === undefined ? [] : [former])]
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

/** An operator that restarts applies its definitions again, so only the newest may bring them, and none that was told to leave them alone. */
function twoBringing(look: ClusterLook): Hit[] {
  const bringing = operatorsOf(look).filter(({ where }) => !leavesThemAlone(where));
  const left = look.cluster.base === 'operator' ? look.cluster.crds : undefined;
  const newest = [...bringing.map(({ version }) => version), ...(left === undefined ? [] : [left])]
    .filter((version) => semver.valid(version) !== null)
    .toSorted(semver.compare)
    .at(-1);
  const told = new Set(
    (look.before === undefined ? [] : operatorsOf(look.before))
      .filter(({ where }) => leavesThemAlone(where))
      .map(({ where }) => where.object.metadata.name),
  );
  return bringing.flatMap(({ where, version }): Hit[] => {
    const brings = `Its operator brings definitions of ${version}`;
    if (version !== newest) return [{ where, message: `${brings}, and ${newest} is there.` }];
    if (!told.has(where.object.metadata.name)) return [];
    return [{ where, message: `${brings}, and was told before to leave them to a newer one.` }];
  });
}

/** The control planes that an operator makes, with what the chart base has in it. */
function operatorsOf(look: Pick<ClusterLook, 'objects'>): { readonly where: Located; readonly version: string }[] {
  return controlPlanesOf(look).filter(
    ({ where: { object } }) => object.kind === 'IstioOperator' && at(object, 'spec.components.base.enabled') !== false,
  );
}

function leavesThemAlone({ object }: Located): boolean {
  return at(object, 'spec.values.base.enableIstioConfigCRDs') === false;
}
