import { gatewayNamespace } from '../../catalog/namespaces.js';
import { gatewayDeployment, listenersService } from '../../model/gateway.js';
import {
  annotationsOf,
  type Fields,
  identityOf,
  isFields,
  type KubeObject,
  type Located,
  listAt,
  mapAt,
  nameOf,
  textAt,
} from '../../model/kube-object.js';
import { injectorName } from '../../model/revision.js';
import { allGatewayPods } from './gateway-pods.js';
import { controlPlanesOf, releasesOf } from './releases.js';
import { type ClusterLook, type Hit, hitsOn, type Rule } from './rule.js';

export const oneOwner: Rule<ClusterLook> = {
  name: 'one-owner',
  statement: 'No object is built twice in a cluster, and none is one that an operator or a chart makes.',
  source: 'argoproj/argo-cd#22607: of two owners, the one that is removed first takes the object away from both',
  fix: 'Keep the object in one layer, and change what an operator or a chart makes by its own settings',
  find: (look) => {
    const made = new Set(madeElsewhere(look));
    const seen = new Map<string, Located>();
    return look.objects.flatMap((where): Hit[] => {
      const identity = identityOf(where.object);
      const first = seen.get(identity);
      if (first === undefined) seen.set(identity, where);
      else return [{ where, message: `${first.layer} has it too (${first.file}).` }];
      return made.has(nameOf(where.object))
        ? [{ where, message: 'An operator or a chart makes an object of this name.' }]
        : [];
    });
  },
};

/** The objects that operators and charts make, as far as one could write them by hand without noticing. */
function madeElsewhere(look: ClusterLook): string[] {
  const both = ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'];
  return [
    ...allGatewayPods(look)
      .filter(({ operated }) => operated)
      .flatMap(({ namespace, deployment }) => both.map((kind) => `${kind} ${namespace}/${deployment}`)),
    ...controlPlanesOf(look).flatMap(({ where, revision, global }) => {
      if (where.object.kind === 'Deployment') return [];
      const namespace = textAt(global, 'istioNamespace') || 'istio-system';
      return [
        ...[...both, 'ServiceAccount'].map((kind) => `${kind} ${namespace}/istiod-${revision}`),
        `ConfigMap ${namespace}/istio-${revision}`,
        `MutatingWebhookConfiguration ${injectorName(revision, namespace)}`,
        `ValidatingWebhookConfiguration istio-validator-${revision}-${namespace}`,
      ];
    }),
  ];
}

export const protectedObjects: Rule<ClusterLook> = {
  name: 'protected-objects',
  statement:
    'Namespaces, CustomResourceDefinitions, tags and the Services of gateways are never pruned and never deleted with what syncs them.',
  source:
    'argo-cd.readthedocs.io sync-options and fluxcd.io kustomizations: an object that leaves Git is deleted, and a new entry Service gets another address',
  fix: 'Put the annotations argocd.argoproj.io/sync-options: Prune=false,Delete=false and kustomize.toolkit.fluxcd.io/prune: disabled back',
  find: (look) => {
    const services = Object.keys(look.mesh.gateways).flatMap((gateway) =>
      [gateway, listenersService(gateway)].map((name) => `Service ${gatewayNamespace(look.mesh, gateway)}/${name}`),
    );
    const lasting = look.objects.filter(
      ({ object }) =>
        ['Namespace', 'CustomResourceDefinition'].includes(object.kind) ||
        (object.kind === 'MutatingWebhookConfiguration' && object.metadata.name.startsWith('istio-revision-tag-')) ||
        services.includes(nameOf(object)) ||
        releasesOf(look).some(({ where, chart }) => where.object === object && chart === 'base'),
    );
    return hitsOn(lasting, (object) => {
      const annotations = annotationsOf(object);
      const options = String(annotations['argocd.argoproj.io/sync-options'] ?? '');
      const kept =
        look.mesh.engine === 'flux'
          ? annotations['kustomize.toolkit.fluxcd.io/prune'] === 'disabled'
          : /\bPrune=(false|confirm)/.test(options) && /\bDelete=(false|confirm)/.test(options);
      return kept ? undefined : `Nothing keeps ${look.mesh.engine} from deleting it.`;
    });
  },
};

export const names: Rule<ClusterLook> = {
  name: 'names',
  statement:
    'Names fit: 53 characters for a Helm release, which is named, 63 for a Service and a label, 52 for the Deployment of a gateway.',
  source:
    'helm.sh/docs and kubernetes.io/docs/concepts/overview/working-with-objects/names; a Deployment’s name becomes a label with a suffix',
  fix: 'Choose a shorter name, and set releaseName of a HelmRelease',
  find: (look) => [
    ...look.objects.flatMap((where) => tooLong(look, where)),
    ...releasesOf(look).flatMap(({ where, name }) =>
      name === ''
        ? [{ where, message: 'It has no releaseName, so Flux makes one of namespace and name.' }]
        : name.length > 53
          ? [{ where, message: `Its release name ${name} has ${name.length} characters, and 53 fit.` }]
          : [],
    ),
  ],
};

function tooLong(look: ClusterLook, where: Located): Hit[] {
  const { kind, metadata } = where.object;
  const gateways = Object.keys(look.mesh.gateways).flatMap((gateway) =>
    look.cluster.revisions.map((revision) => gatewayDeployment(gateway, revision)),
  );
  const most =
    kind === 'Service' || kind === 'Namespace'
      ? 63
      : kind === 'Deployment' && gateways.some((name) => metadata.name.startsWith(name))
        ? 52
        : 253;
  return [
    ...(metadata.name.length > most
      ? [{ where, message: `Its name has ${metadata.name.length} characters, and ${most} fit.` }]
      : []),
    ...labelMaps(where.object)
      .filter(([path]) => !path.endsWith('annotations'))
      .flatMap(([, labels]) => Object.entries(labels))
      .filter(([, value]) => typeof value === 'string' && value.length > 63)
      .map(([key, value]) => ({
        where,
        message: `The label ${key} has ${String(value).length} characters, and 63 fit.`,
      })),
  ];
}

export const labelStrings: Rule<ClusterLook> = {
  name: 'label-strings',
  statement: 'Labels, annotations and what selects by them are strings.',
  source:
    'YAML 1.1, as kubectl reads it: 1_10_3 without quotes is the number 1103; an operator that cannot decode one resource stops for all',
  fix: 'Put quotes around the value: "1_10_3"',
  find: (look) =>
    hitsOn(look.objects, (object) =>
      labelMaps(object).flatMap(([path, labels]) =>
        Object.entries(labels)
          .filter(([, value]) => typeof value !== 'string')
          .map(([key, value]) => `${path} has ${key}: ${JSON.stringify(value)}, which is no string.`),
      ),
    ),
};

/** Every map of labels, annotations or a selector in an object, with its path. */
function labelMaps(object: KubeObject): [string, Fields][] {
  const paths = [
    'metadata.labels',
    'metadata.annotations',
    ...(object.kind === 'Service' ? ['spec.selector'] : []),
    'spec.selector.matchLabels',
    'spec.template.metadata.labels',
    'spec.template.metadata.annotations',
  ];
  const gateways = ['ingressGateways', 'egressGateways']
    .flatMap((list) => listAt(object, `spec.components.${list}`))
    .filter(isFields);
  return [
    ...paths.map((path): [string, Fields] => [path, mapAt(object, path)]),
    ...gateways.map((gateway): [string, Fields] => [`label of ${textAt(gateway, 'name')}`, mapAt(gateway, 'label')]),
  ];
}
