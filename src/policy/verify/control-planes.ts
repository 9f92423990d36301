import semver from 'semver';
import { rootNamespace } from '../../catalog/namespaces.js';
import { at, type Located, listAt, same, textAt } from '../../model/kube-object.js';
import { controlPlaneRevisions, revisionOf } from '../../model/revision.js';
import { controlPlanesOf, releasesOf } from './releases.js';
import { versionOf } from './rendered-planes.js';
import { type ClusterLook, type Hit, hitsOn, layerFile, ofKind, type Rule } from './rule.js';

/** What revisions must agree on, in the mesh configuration and in the values under `global`. */
const shared = ['trustDomain', 'trustDomainAliases', 'rootNamespace', 'discoverySelectors', 'caCertificates'];
const sharedGlobal = ['meshID', 'network', 'multiCluster', 'pilotCertProvider', 'caAddress'];

export const sameSettings: Rule<ClusterLook> = {
  name: 'same-settings',
  statement:
    'All control planes of a cluster have the same trust domain, root namespace, discovery selectors and names of mesh, network and cluster.',
  source:
    'istio/istio#56594, #39739: one istiod writes the root certificate for all, and only where its own selectors look; trust is shared',
  fix: 'Patch them alike, in clusters/<cluster>/custom/3-control-planes with a target that matches every revision',
  find: (look) => {
    const [first, ...others] = controlPlanesOf(look);
    return others.flatMap(({ where, meshConfig, global }): Hit[] => {
      const differing = [
        ...shared.filter((key) => !same(meshConfig[key], first?.meshConfig[key])),
        ...sharedGlobal.filter((key) => !same(global[key], first?.global[key])).map((key) => `global.${key}`),
      ];
      return differing.length === 0
        ? []
        : [{ where, message: `It differs from ${first?.revision} in ${differing.join(', ')}.` }];
    });
  },
};

export const liveControlPlanes: Rule<ClusterLook> = {
  name: 'live-control-planes',
  statement: 'Every live revision of a cluster has one control plane, of its own version, and there is no other.',
  source:
    'istio.io/docs/setup/upgrade/canary: gateways, tags and proxies of a revision without istiod keep their last configuration, until they restart',
  fix: 'Let "revisions" in istio-prod.yaml say what runs, and run yo istio-prod',
  find: (look) => {
    const planes = controlPlanesOf(look);
    const wanted = controlPlaneRevisions(look.cluster);
    return [
      ...wanted
        .filter((revision) => planes.filter((plane) => plane.revision === revision).length !== 1)
        .map((revision) => ({
          where: layerFile(look, '3-control-planes'),
          message: `${planes.filter((plane) => plane.revision === revision).length} control planes of ${revision} are built.`,
        })),
      ...planes.flatMap(({ where, revision, version }) => {
        if (!wanted.includes(revision))
          return [{ where, message: `Its revision "${revision}" is none that runs here.` }];
        const right = revisionOf(look.mesh, revision).version;
        return version === right
          ? []
          : [{ where, message: `It is of version ${version}, and revision ${revision} is ${right}.` }];
      }),
    ];
  },
};

export const operatorThere: Rule<ClusterLook> = {
  name: 'operator-there',
  statement:
    'Every IstioOperator has an operator of its own revision that watches its namespace, and goes in an earlier commit than that operator.',
  source:
    'istio/istio#31274: an operator ignores resources of other revisions in silence; a resource whose operator is gone is never finalized',
  fix: 'Bring the operator of that revision back; take resources away first and their operator in a later commit',
  find: (look) => {
    const operators = operatorsIn(look.objects);
    const served = ({ object }: Located) =>
      operators.filter(({ revision }) => revision === textAt(object, 'spec.revision'));
    const isWatched = (where: Located) =>
      served(where).some(
        ({ watched }) => watched.length === 0 || watched.includes(where.object.metadata.namespace ?? ''),
      );
    const now = ofKind(look, 'IstioOperator');
    return [
      ...now.flatMap((where): Hit[] => {
        const own = served(where);
        if (own.length === 0)
          return [{ where, message: `No operator of revision "${textAt(where.object, 'spec.revision')}" is built.` }];
        const namespace = where.object.metadata.namespace ?? '';
        return isWatched(where)
          ? []
          : [{ where, message: `Its operator does not watch the namespace "${namespace}".` }];
      }),
      ...(look.before === undefined ? [] : ofKind(look.before, 'IstioOperator'))
        .filter(
          (where) =>
            !isWatched(where) && !now.some(({ object }) => object.metadata.name === where.object.metadata.name),
        )
        .map((where) => ({
          where: layerFile(look, '2-operators'),
          message: `${where.object.metadata.name} ${served(where).length === 0 ? 'and its operator go in one commit' : 'goes, and its operator no longer watches its namespace'}: its finalizer will wait for ever.`,
        })),
    ];
  },
};

/** The in-cluster operators: which revision each serves, and where. */
function operatorsIn(objects: readonly Located[]) {
  return objects
    .filter(({ object }) => object.kind === 'Deployment')
    .flatMap(({ object }) => listAt(object, 'spec.template.spec.containers'))
    .filter((container) => listAt(container, 'env').some((env) => textAt(env, 'name') === 'WATCH_NAMESPACE'))
    .map((container) => {
      const env = (name: string) =>
        textAt(
          listAt(container, 'env').find((each) => textAt(each, 'name') === name),
          'value',
        );
      return { revision: env('REVISION'), watched: env('WATCH_NAMESPACE').split(',').filter(Boolean) };
    });
}

export const oneRegistry: Rule<ClusterLook> = {
  name: 'one-registry',
  statement: 'Operators, control planes and gateways take their images from the registry of istio-prod.yaml.',
  source:
    'istio/istio#57215, #51387: one image from elsewhere cannot be pulled behind a mirror, and shows at the next node failure',
  fix: 'Set "hub" in istio-prod.yaml, and no hub or image anywhere else',
  find: (look) => {
    const { hub } = look.mesh;
    const elsewhere = (found: unknown) =>
      found === undefined || found === hub
        ? undefined
        : `Its images come from ${found}, and those of the mesh from ${hub}.`;
    return [
      ...hitsOn(
        ofKind(look, 'IstioOperator', 'IstioRevision', 'IstioCNI'),
        (object) => elsewhere(at(object, 'spec.values.global.hub')) ?? elsewhere(at(object, 'spec.hub')),
      ),
      ...releasesOf(look).flatMap(({ where, values }) => {
        const message = elsewhere(at(values, 'global.hub'));
        return message === undefined ? [] : [{ where, message }];
      }),
      ...hitsOn(ofKind(look, 'Deployment', 'DaemonSet'), (object) =>
        listAt(object, 'spec.template.spec.containers')
          .map((container) => textAt(container, 'image'))
          .filter(
            (image) => /\/(operator|pilot|proxyv2|install-cni|ztunnel)[:@]/.test(image) && !image.startsWith(`${hub}/`),
          )
          .map((image) => `Its image is ${image}, and those of the mesh come from ${hub}.`),
      ),
    ];
  },
};

export const nodeAgent: Rule<ClusterLook> = {
  name: 'node-agent',
  statement: 'There is at most one CNI node agent, within one minor of every live control plane.',
  source:
    'istio.io/docs/setup/additional-setup/cni: the agent is no revisioned component, and serves one minor before and one after its own',
  fix: 'Keep one, and move it with the default revision: one minor at a time',
  find: (look) => {
    const agents = [
      ...ofKind(look, 'IstioOperator')
        .filter(({ object }) => at(object, 'spec.components.cni.enabled') === true)
        .map((where) => ({ where, version: textAt(where.object, 'spec.tag') })),
      ...releasesOf(look).filter(({ chart }) => chart === 'cni'),
      ...ofKind(look, 'IstioCNI').map((where) => ({
        where,
        version: textAt(where.object, 'spec.version').replace(/^v/, ''),
      })),
      ...ofKind(look, 'DaemonSet')
        .map((where) => ({ where, version: versionOf(where, 'install-cni') }))
        .filter(({ version }) => version !== ''),
    ];
    const live = controlPlaneRevisions(look.cluster).map((revision) => revisionOf(look.mesh, revision).version);
    return agents.flatMap(({ where, version }, index): Hit[] => {
      if (index > 0) return [{ where, message: `There are ${agents.length} node agents.` }];
      const far = live.filter(
        (each) => semver.valid(version) === null || Math.abs(semver.minor(each) - semver.minor(version)) > 1,
      );
      return far.length === 0 ? [] : [{ where, message: `It is of ${version}, too far from ${far.join(' and ')}.` }];
    });
  },
};

export const rootIsThere: Rule<ClusterLook> = {
  name: 'root-namespace',
  statement:
    'Every control plane names the root namespace of this repository, where mesh-wide configuration lives, and that namespace is built.',
  source:
    'istio.io/docs/reference/config/istio.mesh.v1alpha1: mesh-wide policies in another namespace hold for that namespace alone',
  fix: 'Set meshConfig.rootNamespace to the root namespace of this repository: istio-config, or namespaces.root of istio-prod.yaml',
  find: (look) => [
    ...controlPlanesOf(look)
      .filter(({ meshConfig }) => meshConfig['rootNamespace'] !== rootNamespace(look.mesh))
      .map(({ where, meshConfig }) => ({
        where,
        message: `Its rootNamespace is ${meshConfig['rootNamespace'] ?? 'not set'}.`,
      })),
    ...(ofKind(look, 'Namespace').some(({ object }) => object.metadata.name === rootNamespace(look.mesh))
      ? []
      : [
          {
            where: layerFile(look, '1-namespaces'),
            message: `The namespace ${rootNamespace(look.mesh)} is not built.`,
          },
        ]),
  ],
};
