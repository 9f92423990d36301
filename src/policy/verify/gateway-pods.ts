import { gatewayNamespace } from '../../catalog/namespaces.js';
import { istioLabel } from '../../model/gateway.js';
import { type Fields, isFields, type Located, listAt, mapAt, same, textAt } from '../../model/kube-object.js';
import type { ClusterLook } from './rule.js';

/** The pods of one gateway in one revision, whoever makes them. */
export interface GatewayPods {
  readonly where: Located;
  /** The name of the Deployment. */
  readonly deployment: string;
  readonly namespace: string;
  readonly labels: Fields;
  /** What the Deployment selects them by. */
  readonly matchLabels: Fields;
  /** The revision that injects them, or whose operator makes them. */
  readonly revision: string;
  /** Whether an operator makes the Deployment, which is then not among the built objects. */
  readonly operated: boolean;
  /** The gateway in the IstioOperator, where an operator makes it. */
  readonly spec: Fields;
}

/** Every kind whose pods a Service can select. */
export const workloadKinds: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'];

/** All pods of a namespace that are in Git, and those of gateways that operators make of IstioOperators. */
export function podsIn(look: ClusterLook, namespace: string): GatewayPods[] {
  return [...plain(look), ...operated(look)].filter((pods) => pods.namespace === namespace);
}

/** The pods of one gateway, dark or serving: those with the label that Gateway resources select. */
export function podsOf(look: ClusterLook, gateway: string): GatewayPods[] {
  return podsIn(look, gatewayNamespace(look.mesh, gateway)).filter(
    ({ labels }) => labels['istio'] === istioLabel(gateway),
  );
}

/** The pods of every gateway of the mesh. */
export function allGatewayPods(look: ClusterLook): (GatewayPods & { readonly gateway: string })[] {
  return Object.keys(look.mesh.gateways).flatMap((gateway) =>
    podsOf(look, gateway).map((pods) => ({ ...pods, gateway })),
  );
}

function plain({ objects }: ClusterLook): GatewayPods[] {
  return objects
    .filter(({ object }) => workloadKinds.includes(object.kind))
    .map((where) => {
      const { object } = where;
      const labels = mapAt(object, 'spec.template.metadata.labels');
      return {
        where,
        deployment: object.metadata.name,
        namespace: object.metadata.namespace ?? '',
        labels,
        matchLabels: mapAt(object, 'spec.selector.matchLabels'),
        revision: textAt({ labels: labels['istio.io/rev'] }, 'labels'),
        operated: false,
        spec: {},
      };
    });
}

/** An operator puts `label` on the pods and makes it the selector of all that it makes (istio/istio manifests/charts/gateways). */
function operated({ objects }: ClusterLook): GatewayPods[] {
  return objects
    .filter(({ object }) => object.kind === 'IstioOperator')
    .flatMap((where) =>
      gatewaysIn(where.object).map((spec) => {
        const revision = textAt(where.object, 'spec.revision');
        const labels = mapAt(spec, 'label');
        return {
          where,
          deployment: textAt(spec, 'name'),
          namespace: textAt(spec, 'namespace') || (where.object.metadata.namespace ?? ''),
          labels: { ...labels, 'istio.io/rev': revision },
          matchLabels: labels,
          revision,
          operated: true,
          spec,
        };
      }),
    );
}

/** The gateways that an IstioOperator asks for. */
export function gatewaysIn(object: unknown): Fields[] {
  return ['ingressGateways', 'egressGateways']
    .flatMap((component) => listAt(object, `spec.components.${component}`))
    .filter(isFields)
    .filter((gateway) => gateway['enabled'] !== false);
}

/** Whether a selector picks these labels; an empty one picks nothing, as in a Service. */
export function selects(selector: Fields, labels: Fields): boolean {
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => same(labels[key], value));
}

/** What a gateway's pod template says at a path: of a Deployment, or of what overlays put into the one that an operator makes. */
export function podField(pods: GatewayPods, path: string): unknown {
  if (!pods.operated)
    return path
      .split('.')
      .reduce<unknown>((value, key) => (isFields(value) ? value[key] : undefined), pods.where.object);
  return listAt(pods.spec, 'k8s.overlays')
    .filter((overlay) => textAt(overlay, 'kind') === 'Deployment' && textAt(overlay, 'name') === pods.deployment)
    .flatMap((overlay) => listAt(overlay, 'patches'))
    .filter(isFields)
    .findLast((patch) => patch['path'] === path)?.['value'];
}
