import semver from 'semver';
import { rootNamespace } from '../../catalog/namespaces.js';
import { since } from '../../catalog/versions.js';
import {
  at,
  groupOf,
  identityOf,
  type KubeObject,
  type Located,
  labelsOf,
  listAt,
  mapAt,
  textAt,
} from '../../model/kube-object.js';
import { injectorName } from '../../model/revision.js';
import { entriesOf } from './entry-services.js';
import { allGatewayPods } from './gateway-pods.js';
import { controlPlanesOf } from './releases.js';
import { type ClusterLook, type Hit, hitsOn, ofKind, type Rule } from './rule.js';

const istioGroups: readonly string[] = [
  'extensions.istio.io',
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
];
const pins = ['version', 'istio.io/rev', 'istio.io/tag'];

export const gatewayPins: Rule<ClusterLook> = {
  name: 'gateway-pins',
  statement: 'No Gateway, no VirtualService and no policy of a gateway is tied to a revision.',
  source:
    'istio/istio#46052, #44047: the gateways of the other revision ignore it, and answer 404 or let everything through',
  fix: 'Select the shared label alone (istio: ingressgateway), and take the label istio.io/rev off',
  find: (look) =>
    hitsOn(
      look.objects.filter(
        ({ object }) => istioGroups.includes(groupOf(object)) || groupOf(object) === 'gateway.networking.k8s.io',
      ),
      (object) => {
        const tied = (selector: object) => pins.filter((key) => key in selector).map((key) => `It selects by ${key}.`);
        const routes = ['Gateway', 'VirtualService', 'HTTPRoute'].includes(object.kind);
        const matched = mapAt(object, 'spec.selector.matchLabels');
        const labels = labelsOf(object);
        return [
          ...(object.kind === 'Gateway' && groupOf(object) === 'networking.istio.io'
            ? tied(mapAt(object, 'spec.selector'))
            : []),
          ...(groupOf(object) === 'security.istio.io' && 'istio' in matched ? tied(matched) : []),
          ...(routes
            ? ['istio.io/rev', 'istio.io/tag']
                .filter((key) => key in labels)
                .map((key) => `It carries the label ${key}.`)
            : []),
        ];
      },
    ),
};

export const layers: Rule<ClusterLook> = {
  name: 'layers',
  statement:
    "Gateways are in 4-gateways, entry Services and webhooks in 5-switch, and Istio's own resources in 6-mesh: nothing needs what a later layer brings.",
  source:
    'seen on a real control plane: Istio resources in an early layer are refused while every istiod is dead, and then nothing mends it; a gateway before its webhook never gets its image (istio/istio#53290)',
  fix: 'Move the object to the layer that is named, under clusters/<cluster>/custom/',
  find: (look) => {
    const gateways = allGatewayPods(look).map(({ where }) => identityOf(where.object));
    const webhooks = controlPlanesOf(look).flatMap(({ where: { object }, revision }) =>
      object.kind === 'Deployment'
        ? [
            injectorName(revision, String(object.metadata.namespace)),
            `istio-validator-${revision}-${object.metadata.namespace}`,
          ]
        : [],
    );
    const entries = entriesOf(look).map(({ where }) => identityOf(where.object));
    return look.objects.flatMap((where): Hit[] => {
      const { object, layer } = where;
      const wanted =
        istioGroups.includes(groupOf(object)) && !isOfRenderedChart(where)
          ? '6-mesh'
          : entries.includes(identityOf(object)) ||
              // Those of a revision come with its manifests.
              (object.kind.endsWith('WebhookConfiguration') && !webhooks.includes(object.metadata.name))
            ? '5-switch'
            : gateways.includes(identityOf(object))
              ? '4-gateways'
              : waitsForAddress(object, layer)
                ? '5-switch'
                : layer;
      return layer === wanted ? [] : [{ where, message: `It is in ${layer}, and belongs in ${wanted}.` }];
    });
  },
};

export const envoyFilterPriority: Rule<ClusterLook> = {
  name: 'envoy-filter-priority',
  statement: 'An EnvoyFilter for one proxy version that refers to another filter has a priority.',
  source: 'istio.io/docs/reference/config/analysis/ist0155: without one it may not be applied after an upgrade',
  fix: 'Set spec.priority, or use INSERT_FIRST or ADD',
  find: (look) =>
    hitsOn(
      ofKind(look, 'EnvoyFilter').filter((where) => !isOfRenderedChart(where)),
      (object) =>
        knowsPriority(look, object) &&
        at(object, 'spec.priority') === undefined &&
        listAt(object, 'spec.configPatches').some(
          (patch) =>
            /^(INSERT_BEFORE|INSERT_AFTER|REPLACE|MERGE|REMOVE)$/.test(textAt(patch, 'patch.operation')) &&
            at(patch, 'match.proxy.proxyVersion') !== undefined,
        )
          ? 'It has a relative operation, a proxyVersion and no priority.'
          : undefined,
    ),
};

/** Older charts make EnvoyFilters of their own, for metrics. Their revision alone reads them, and frozen files are nobody's to mend. */
function isOfRenderedChart({ file }: Located): boolean {
  return /^revisions\/[^/]+\/control-plane\//.test(file);
}

/** Whether a control plane that reads an EnvoyFilter knows its field `priority`, which is there from 1.11 on (its definition). */
function knowsPriority({ mesh, cluster }: ClusterLook, object: KubeObject): boolean {
  const own = mesh.revisions[String(labelsOf(object)['istio.io/rev'])];
  const readers = own === undefined ? cluster.revisions.flatMap((name) => mesh.revisions[name] ?? []) : [own];
  return readers.some(({ version }) => semver.valid(version) === null || since(version, '1.11'));
}

export const adopting: Rule<ClusterLook> = {
  name: 'adopting',
  statement:
    'While a mesh is being adopted, nothing mesh-wide shuts traffic out: no STRICT mTLS, no REGISTRY_ONLY, no mesh-wide AuthorizationPolicy.',
  source:
    'istio.io/docs/tasks/security/authentication/mtls-migration: workloads without a sidecar can neither speak mTLS nor prove who they are',
  fix: 'Begin with PERMISSIVE, ALLOW_ANY and policies per namespace; remove "adopting" from istio-prod.yaml when every workload is in the mesh',
  find: (look) =>
    look.mesh.adopting !== true
      ? []
      : [
          ...hitsOn(meshWide(look, 'PeerAuthentication'), (object) =>
            textAt(object, 'spec.mtls.mode') === 'STRICT' ? 'It demands mTLS of the whole mesh.' : undefined,
          ),
          ...hitsOn(meshWide(look, 'AuthorizationPolicy'), (object) =>
            textAt(object, 'spec.action') === 'AUDIT' ? undefined : 'It holds for every workload of the mesh.',
          ),
          ...controlPlanesOf(look)
            .filter(({ meshConfig }) => textAt(meshConfig, 'outboundTrafficPolicy.mode') === 'REGISTRY_ONLY')
            .map(({ where }) => ({ where, message: 'Its outboundTrafficPolicy is REGISTRY_ONLY.' })),
        ],
};

/** A load balancer in an early layer: all later ones would wait for its address. */
function waitsForAddress(object: KubeObject, layer: string | undefined): boolean {
  return object.kind === 'Service' && textAt(object, 'spec.type') === 'LoadBalancer' && layer !== '6-mesh';
}

/** The policies in the root namespace that select no workload. */
function meshWide(look: ClusterLook, kind: string) {
  const everywhere = (object: KubeObject) =>
    object.metadata.namespace === rootNamespace(look.mesh) &&
    Object.keys(mapAt(object, 'spec.selector.matchLabels')).length === 0 &&
    at(object, 'spec.targetRefs') === undefined;
  return ofKind(look, kind).filter(({ object }) => everywhere(object));
}
