import { type Emitted, ofKind } from './emitted.js';
import type { Built } from './kubectl.js';

type Labels = Readonly<Record<string, string>>;

/** The pods of one gateway in one revision, whoever makes them. */
export interface GatewayPods {
  /** The gateway, which is the label `app`. */
  readonly gateway: string;
  readonly revision: string;
  readonly deployment: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** What the Deployment selects them by. */
  readonly matchLabels: Labels;
  /** Whether an operator makes the Deployment, which is then not among the built objects. */
  readonly operated: boolean;
  /** The Deployment, or the gateway in the IstioOperator. */
  readonly source: Built;
}

/** The pods of all gateways: those of plain Deployments, and those that operators make of IstioOperators. */
export function gatewayPods(emitted: Emitted): GatewayPods[] {
  return [...injected(emitted), ...operated(emitted)];
}

function injected(emitted: Emitted): GatewayPods[] {
  return ofKind(emitted, 'Deployment')
    .filter(({ spec }) => spec.template.metadata.annotations?.['inject.istio.io/templates'] === 'gateway')
    .map((source) => {
      const { labels } = source.spec.template.metadata;
      return {
        gateway: labels.app,
        revision: labels['istio.io/rev'],
        deployment: source.metadata.name,
        namespace: source.metadata.namespace,
        labels,
        matchLabels: source.spec.selector.matchLabels,
        operated: false,
        source,
      };
    });
}

/** An operator puts `label` on the pods, and makes it the selector of Deployment, Service and PodDisruptionBudget (data/operator). */
function operated(emitted: Emitted): GatewayPods[] {
  return ofKind(emitted, 'IstioOperator').flatMap(({ spec }) =>
    operatedGateways(spec)
      .filter(({ enabled }: Built) => enabled === true)
      .map((source: Built) => ({
        gateway: source.label.app,
        revision: spec.revision,
        deployment: source.name,
        namespace: source.namespace,
        labels: { ...source.label, 'istio.io/rev': spec.revision },
        matchLabels: source.label,
        operated: true,
        source,
      })),
  );
}

/** The gateways in the spec of an IstioOperator. */
export function operatedGateways(spec: Built): Built[] {
  return [...(spec.components.ingressGateways ?? []), ...(spec.components.egressGateways ?? [])];
}

/** Whether a selector picks these labels; an empty one picks nothing, as in a Service. */
export function selects(selector: Labels, labels: Labels): boolean {
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
}

/** The sets of pods that a Service picks: those in its namespace with all its labels. */
export function selectedBy(service: Built, pods: readonly GatewayPods[]): GatewayPods[] {
  return pods.filter(
    ({ namespace, labels }) => namespace === service.metadata.namespace && selects(service.spec.selector, labels),
  );
}
