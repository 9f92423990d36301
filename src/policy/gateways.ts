import { gatewayKinds } from '../catalog/kinds.js';
import { rootNamespace } from '../catalog/namespaces.js';
import { gatewayDeployment, istioLabel } from '../model/gateway.js';
import { own } from '../model/maps.js';
import type { Gateway, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { checkLength } from './naming.js';

type Located = Problem & { readonly at: readonly string[] };

/** Ports that the proxy of a gateway keeps for itself (istio.io/docs/ops/deployment/application-requirements). */
const proxyPorts: ReadonlySet<number> = new Set([15000, 15001, 15004, 15006, 15008, 15009, 15020, 15053, 15090]);

/** What is wrong with the gateways of a mesh: their names, which other names are made of, and their ports. */
export function checkGateways(mesh: Mesh): Located[] {
  const { gateways, revisions } = mesh;
  const names = Object.keys(gateways);
  if (names.length === 0)
    return [
      {
        at: ['gateways'],
        rule: 'no-gateway',
        message: 'The mesh has no gateway.',
        fix: 'It takes one at least: leave the last one, or add another, such as istio-ingressgateway: {kind: ingress}',
      },
    ];
  return Object.entries(gateways).flatMap(([name, gateway]) => {
    const at = ['gateways', name];
    const longest = Object.keys(revisions).map((revision) => gatewayDeployment(name, revision));
    const problems = longest
      .flatMap((deployment) => checkLength('deployment', deployment))
      .map((problem) => ({ ...problem, at }));
    const twin = names.find((other) => other !== name && istioLabel(other) === istioLabel(name));
    if (twin !== undefined) {
      problems.push({
        at,
        rule: 'gateway-label',
        message: `Gateways ${name} and ${twin} would share the label istio: ${istioLabel(name)}, and each other's traffic.`,
        fix: 'Rename one of them',
      });
    }
    const own = [...checkNamespace(mesh, name, gateway), ...checkPorts(name, gateway)];
    return [...problems, ...own.map((problem) => ({ ...problem, at }))];
  });
}

/** Namespaces of the cluster itself, and of what delivers the mesh. */
const takenNamespaces = /^(default|kube-.*|argocd|flux-system|istio-operator|istio-system(-.*)?|sail-operator)$/;

/** Whoever may write where a gateway is has its certificates; and what is there already would become this repository's. */
function checkNamespace(mesh: Mesh, name: string, { namespace, adopted }: Gateway): Problem[] {
  if (namespace === undefined) return [];
  const wrong =
    adopted !== undefined
      ? `was adopted in ${adopted.namespace}, and cannot be in ${namespace}`
      : takenNamespaces.test(namespace) || namespace === rootNamespace(mesh)
        ? `cannot be in ${namespace}, which is for something else`
        : undefined;
  if (wrong === undefined) return [];
  const message = `Gateway ${name} ${wrong}.`;
  return [{ rule: 'gateway-namespace', message, fix: 'Leave its namespace out, or name one where only gateways are' }];
}

/** A Service may name a port once; two ports with one target would be two listeners on one port of the pod. */
function checkPorts(name: string, { kind, ports = [] }: Gateway): Problem[] {
  return ports.flatMap((port, at) => {
    const others = [...gatewayKinds[kind].ports, ...ports.filter((_, other) => other !== at)];
    const key = (['name', 'port', 'targetPort'] as const).find((each) =>
      others.some((other) => other[each] === port[each]),
    );
    const wrong =
      key !== undefined
        ? `has two ports of ${key} ${port[key]}`
        : proxyPorts.has(port.targetPort)
          ? `has a port with target ${port.targetPort}, which the proxy keeps for itself`
          : undefined;
    if (wrong === undefined) return [];
    const taken = others.map((other) => `${other.name}:${other.port}:${other.targetPort}`).join(', ');
    return [{ rule: 'gateway-port', message: `Gateway ${name} ${wrong}.`, fix: `Take another; taken are ${taken}` }];
  });
}

/** A listener of a port that leaves is gone at once, and one that moves is gone until all proxies know. */
export function checkRemovedPorts(before: Mesh, after: Mesh): Problem[] {
  return Object.entries(before.gateways).flatMap(([name, { ports = [] }]) => {
    const now = own(after.gateways, name);
    if (now === undefined) return [];
    return ports
      .filter(
        ({ port, targetPort }) => !now.ports?.some((each) => each.port === port && each.targetPort === targetPort),
      )
      .map(({ port, targetPort }) => ({
        rule: 'port-in-use',
        message: `Port ${port} of gateway ${name}, with target ${targetPort}, is taken out of istio-prod.yaml.`,
        fix: 'Leave it in, or, once nothing connects to it, take --force port-in-use',
        forcible: true,
      }));
  });
}
