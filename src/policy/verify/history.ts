import { gatewayNamespace } from '../../catalog/namespaces.js';
import { annotationsOf, at, identityOf, type KubeObject, same, textAt } from '../../model/kube-object.js';
import { entriesOf } from './entry-services.js';
import { releasesOf } from './releases.js';
import { type ClusterLook, type Hit, layerFile, ofKind, type Rule } from './rule.js';

/** The fields that the API server refuses to change, by kind (kubernetes/kubernetes pkg/apis validation). */
const immutable: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates', 'spec.podManagementPolicy'],
  Job: ['spec.selector', 'spec.template', 'spec.completions'],
  Service: ['spec.clusterIP', 'spec.loadBalancerClass'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  PersistentVolumeClaim: ['spec.storageClassName', 'spec.volumeName', 'spec.accessModes'],
  CustomResourceDefinition: ['spec.group', 'spec.scope', 'spec.names.kind', 'spec.names.plural'],
  IngressClass: ['spec.controller'],
  StorageClass: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
};

export const immutableFields: Rule<ClusterLook> = {
  name: 'immutable-fields',
  statement: 'No field changes that the API server refuses to change.',
  source:
    'kubernetes/kubernetes pkg/apis/*/validation: the sync fails at this object, and all that comes after it waits',
  fix: 'Put the old value back; for another value, make an object with another name',
  find: ({ objects, before }) => {
    const former = new Map((before?.objects ?? []).map(({ object }) => [identityOf(object), object]));
    return objects.flatMap((where): Hit[] => {
      const old = former.get(identityOf(where.object));
      if (old === undefined || madeAnew(where.object)) return [];
      const changed = fieldsOf(where.object).filter((path) => !same(at(old, path), at(where.object, path)));
      return changed.map((path) => ({
        where,
        message: `${path} would change from ${JSON.stringify(at(old, path))} to ${JSON.stringify(at(where.object, path))}.`,
      }));
    });
  },
};

function fieldsOf(object: KubeObject): readonly string[] {
  if ((object.kind === 'ConfigMap' || object.kind === 'Secret') && object['immutable'] === true)
    return ['data', 'binaryData'];
  return immutable[object.kind] ?? [];
}

/** Hooks of Argo CD are deleted and made anew. */
function madeAnew(object: KubeObject): boolean {
  return annotationsOf(object)['argocd.argoproj.io/hook'] !== undefined;
}

export const entryStays: Rule<ClusterLook> = {
  name: 'entry-stays',
  statement: 'An entry Service keeps its name, its namespace, its type and its address.',
  source:
    'kubernetes.io/docs/concepts/services-networking/service: another type or a new Service releases the load balancer, and DNS still points at it',
  fix: 'Put the old value back; a new address comes beside the old one, as another gateway; where a gateway is meant to go and nothing uses it, merge it all the same (--skip entry-stays)',
  find: (look) => {
    const { before } = look;
    if (before === undefined) return [];
    return entriesOf(before).flatMap(({ gateway, where: former }): Hit[] => {
      if (look.mesh.gateways[gateway] === undefined)
        return [
          {
            where: layerFile(look, '5-switch'),
            message: `The gateway ${gateway} is taken out of the mesh, and was there before.`,
          },
        ];
      const now = entriesOf(look).find((entry) => entry.gateway === gateway)?.where;
      if (now === undefined) return [];
      const paths = ['metadata.namespace', 'spec.type', 'spec.loadBalancerIP', 'spec.externalIPs', 'spec.externalName'];
      return paths
        .filter((path) => !same(at(former.object, path), at(now.object, path)))
        .map((path) => ({
          where: now,
          message: `${path} would change from ${JSON.stringify(at(former.object, path))} to ${JSON.stringify(at(now.object, path))}.`,
        }));
    });
  },
};

export const lastingObjects: Rule<ClusterLook> = {
  name: 'lasting-objects',
  statement: 'No CustomResourceDefinition and no namespace of gateways leaves Git.',
  source:
    'kubernetes.io/docs/tasks/extend-kubernetes/custom-resources: with a definition or a namespace, everything in it is deleted',
  fix: 'Bring it back; where it has to go, delete it by hand when nothing is left in it',
  find: (look) => {
    const now = new Set(look.objects.map(({ object }) => identityOf(object)));
    const gateways = Object.keys(look.mesh.gateways).map((gateway) => gatewayNamespace(look.mesh, gateway));
    return (look.before === undefined ? [] : ofKind(look.before, 'CustomResourceDefinition', 'Namespace'))
      .filter(({ object }) => !now.has(identityOf(object)))
      .filter(({ object }) => object.kind !== 'Namespace' || gateways.includes(object.metadata.name))
      .filter(
        ({ object }) =>
          object.metadata.name !== 'istiooperators.install.istio.io' || ofKind(look, 'IstioOperator').length > 0,
      )
      .map(({ object }) => ({
        where: layerFile(look, '1-namespaces'),
        message: `${object.kind} ${object.metadata.name} was there before.`,
      }));
  },
};

export const releaseStays: Rule<ClusterLook> = {
  name: 'release-stays',
  statement: 'A release keeps its chart, its name and its namespace.',
  source:
    'fluxcd.io/flux/components/helm/helmreleases: under another name the old release is uninstalled first, with all that it brought',
  fix: 'Put the old value back; another version is another revision: yo istio-prod:revision',
  find: (look) =>
    (look.before === undefined ? [] : releasesOf(look.before)).flatMap((former): Hit[] => {
      const now = releasesOf(look).find(({ where }) => identityOf(where.object) === identityOf(former.where.object));
      if (now === undefined) return [];
      const place = ({ where: { object } }: typeof now) =>
        textAt(object, 'spec.destination.namespace') || textAt(object, 'spec.targetNamespace');
      const changed =
        now.chart !== former.chart ||
        now.name !== former.name ||
        place(now) !== place(former) ||
        (now.chart === 'istiod' && now.version !== former.version);
      return changed
        ? [
            {
              where: now.where,
              message: `It was ${former.chart} ${former.version} as "${former.name}", and would be ${now.chart} ${now.version} as "${now.name}".`,
            },
          ]
        : [];
    }),
};
