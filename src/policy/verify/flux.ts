import { at, groupOf, isFields, type Located, listAt, same, textAt } from '../../model/kube-object.js';
import { layerNames } from '../../model/layers.js';
import { seconds } from './argo-cd.js';
import { type ClusterLook, type Hit, hitsOn, ofKind, type Rule } from './rule.js';

/** The Kustomizations of Flux with the folder that each applies; in a repository of Argo CD, none. */
function kustomizationsOf({ mesh, handOver }: ClusterLook): { readonly where: Located; readonly path: string }[] {
  if (mesh.engine !== 'flux') return [];
  return handOver
    .filter(({ object }) => object.kind === 'Kustomization' && groupOf(object) === 'kustomize.toolkit.fluxcd.io')
    .map((where) => ({ where, path: normal(textAt(where.object, 'spec.path')) }));
}

/** A path without "./" at its start and "/" at its end. */
function normal(path: string): string {
  return path
    .replace(/^(\.\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '');
}

function below({ mesh }: ClusterLook, folder: string): string {
  return mesh.repository.path === '.' ? folder : `${mesh.repository.path}/${folder}`;
}

/** The Kustomization of each layer, in the order of the layers; those that are missing are left out. */
function chainOf(look: ClusterLook) {
  return layerNames.flatMap((layer) => {
    const own = kustomizationsOf(look).find(({ path }) => path === below(look, `clusters/${look.name}/${layer}`));
    return own === undefined ? [] : [{ ...own, layer }];
  });
}

export const fluxWholeCluster: Rule<ClusterLook> = {
  name: 'flux-whole-cluster',
  statement: 'No Kustomization of Flux has the path of a whole cluster, or of a folder around it.',
  source:
    'fluxcd.io/flux/components/kustomize/kustomizations: it would apply all layers at once, so the switch would not wait for the gateways',
  fix: 'Let it have the path delivery/flux/<cluster>',
  find: (look) => {
    const cluster = below(look, `clusters/${look.name}`);
    return kustomizationsOf(look)
      .filter(({ path }) => path === cluster || path === '' || cluster.startsWith(`${path}/`))
      .map(({ where, path }) => ({ where, message: `Its path is ${path === '' ? 'the whole repository' : path}.` }));
  },
};

export const fluxChain: Rule<ClusterLook> = {
  name: 'flux-chain',
  statement:
    'Every layer has one Kustomization of Flux: it waits for the layer before, waits until all is healthy, and takes its commit from the same source.',
  source:
    'fluxcd.io/flux/components/kustomize/kustomizations: dependsOn asks for the same commit only where the source is the same, and for health only with wait',
  fix: 'Take the edit of delivery/flux/<cluster>/ back: it follows from istio-prod.yaml',
  find: (look) => {
    if (look.mesh.engine !== 'flux') return [];
    const chain = chainOf(look);
    const missing = layerNames.filter((layer) => !chain.some((each) => each.layer === layer));
    return [
      ...missing.map(
        (layer): Hit => ({
          where: { file: `delivery/flux/${look.name}/${layer}.yaml` },
          message: `No Kustomization has the path clusters/${look.name}/${layer}.`,
        }),
      ),
      ...chain.flatMap(({ where, layer }): Hit[] => {
        const { object } = where;
        const before = layerNames[layerNames.indexOf(layer) - 1];
        const previous = chain.find((each) => each.layer === before)?.where.object.metadata.name;
        const messages = [
          previous === undefined || listAt(object, 'spec.dependsOn').some((each) => textAt(each, 'name') === previous)
            ? ''
            : `It does not depend on ${previous}.`,
          at(object, 'spec.wait') === true ? '' : 'It does not wait for health.',
          same(at(object, 'spec.sourceRef'), at(chain[0]?.where.object, 'spec.sourceRef'))
            ? ''
            : 'It has another source than the first layer.',
          at(object, 'spec.prune') === true ? '' : 'It does not prune: what is retired stays.',
          at(object, 'spec.force') === true ? 'It replaces what it cannot change (force).' : '',
          at(object, 'spec.suspend') === true ? 'It is suspended in Git.' : '',
        ];
        return messages.filter((message) => message !== '').map((message) => ({ where, message }));
      }),
    ];
  },
};

export const fluxTimeout: Rule<ClusterLook> = {
  name: 'flux-timeout',
  statement: 'A layer that does not get healthy is reported after ten minutes at most.',
  source:
    'seen on a real control plane: Flux takes the commit that mends a layer when its timeout has reported the failure',
  fix: 'Set timeout to 5m, and retryInterval to 30s',
  find: (look) =>
    chainOf(look).flatMap(({ where }): Hit[] => {
      const timeout = textAt(where.object, 'spec.timeout') || textAt(where.object, 'spec.interval');
      return seconds(timeout) > 0 && seconds(timeout) <= 600
        ? []
        : [{ where, message: `Its timeout is ${timeout || 'not set'}.` }];
    }),
};

export const fluxAsBuilt: Rule<ClusterLook> = {
  name: 'flux-as-built',
  statement:
    'A Kustomization of Flux applies a layer as it is built: it patches, renames and substitutes nothing on the way.',
  source: 'fluxcd.io/flux/components/kustomize/kustomizations: what it changes is in no build and in no review',
  fix: 'Move the change to clusters/<cluster>/custom/<layer>',
  find: (look) => {
    const changing = [
      'patches',
      'patchesStrategicMerge',
      'patchesJson6902',
      'components',
      'images',
      'namePrefix',
      'nameSuffix',
      'targetNamespace',
      'postBuild',
      'commonMetadata',
    ];
    return chainOf(look).flatMap(({ where }): Hit[] => {
      const found = changing.filter((field) => at(where.object, `spec.${field}`) !== undefined);
      return found.length === 0 ? [] : [{ where, message: `It has ${found.join(', ')}.` }];
    });
  },
};

export const fluxHealth: Rule<ClusterLook> = {
  name: 'flux-health',
  statement: 'Flux is told the health of IstioOperators wherever a layer holds one.',
  source:
    'fluxcd.io/flux/components/kustomize/kustomizations: a kind without conditions is healthy as soon as it is there',
  fix: 'Put healthCheckExprs with install.istio.io/v1alpha1 IstioOperator back',
  find: (look) =>
    chainOf(look)
      .filter(({ layer }) => ofKind(look, 'IstioOperator').some((where) => where.layer === layer))
      .filter(
        ({ where }) =>
          !listAt(where.object, 'spec.healthCheckExprs').some((each) => textAt(each, 'kind') === 'IstioOperator'),
      )
      .map(({ where }) => ({ where, message: 'It has no health check of IstioOperator.' })),
};

export const fluxReleases: Rule<ClusterLook> = {
  name: 'flux-releases',
  statement: 'A HelmRelease mends drift, leaves what istiod writes alone, and is tried again without limit.',
  source:
    'fluxcd.io/flux/components/helm/helmreleases: drift detection is off by default, so an istiod that somebody deleted stays deleted; retries end by default',
  fix: 'Put driftDetection (mode: enabled, with its ignore rules) and remediation (retries: -1) back',
  find: (look) =>
    hitsOn(ofKind(look, 'HelmRelease'), (object) => {
      const ignored = listAt(object, 'spec.driftDetection.ignore').filter(isFields);
      const leaves = (kind: string, field: string) =>
        ignored.some(
          (rule) =>
            textAt(rule, 'target.kind') === kind && listAt(rule, 'paths').some((path) => String(path).endsWith(field)),
        );
      const endless = ['install', 'upgrade'].every(
        (action) => Number(at(object, `spec.${action}.remediation.retries`) ?? 0) < 0,
      );
      const istiod = textAt(object, 'spec.chart.spec.chart') === 'istiod';
      return [
        at(object, 'spec.driftDetection.mode') === 'enabled' ? '' : 'It does not mend drift.',
        !istiod || leaves('ValidatingWebhookConfiguration', '/failurePolicy')
          ? ''
          : 'It does not ignore the failurePolicy of its validator.',
        endless ? '' : 'Its retries end.',
      ].filter((message) => message !== '');
    }),
};
