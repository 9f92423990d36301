import { exposureAnnotations, keptAnnotations } from '../catalog/entry.js';
import { gatewayKinds, platforms } from '../catalog/kinds.js';
import type { Gateway, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/** Ports that the proxy of a gateway keeps for itself (istio.io/docs/ops/deployment/application-requirements). */
const proxyPorts: ReadonlySet<number> = new Set([15000, 15001, 15004, 15006, 15008, 15009, 15020, 15053, 15090]);

/** What is wrong with the entry Services of a mesh; `at` is the place in istio-prod.yaml. */
export function checkEntries(mesh: Mesh): (Problem & { readonly at: readonly string[] })[] {
  return Object.entries(mesh.gateways).flatMap(([name, gateway]) =>
    [...checkPorts(name, gateway), ...checkExposure(mesh, name, gateway), ...checkAnnotations(mesh, name, gateway)].map(
      (problem) => ({ ...problem, at: ['gateways', name] }),
    ),
  );
}

/** A Service may name a port once; two ports with one target would be two listeners on one port of the pod. */
function checkPorts(name: string, gateway: Gateway): Problem[] {
  const { kind, ports = [] } = gateway;
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

function checkExposure({ platform }: Mesh, name: string, { kind, exposure }: Gateway): Problem[] {
  if (exposure === undefined) return [];
  if (gatewayKinds[kind].serviceType !== 'LoadBalancer') {
    const message = `Gateway ${name} says ${exposure}, and a gateway of kind ${kind} has no load balancer.`;
    return [{ rule: 'exposure', message, fix: 'Leave the exposure out' }];
  }
  if (platforms[platform].exposure !== undefined) return [];
  return [
    {
      rule: 'exposure',
      message: `Gateway ${name} says ${exposure}, and nothing on ${platform} reads it.`,
      fix: 'Leave the exposure out, and give it the annotations that your load balancer reads, if it has one',
    },
  ];
}

/** Without what keeps it, an entry Service could be pruned; with another word about its exposure, it would not be what it says. */
function checkAnnotations(mesh: Mesh, name: string, gateway: Gateway): Problem[] {
  const ours = { ...keptAnnotations, ...exposureAnnotations(mesh, gateway) };
  return Object.keys(gateway.annotations ?? {})
    .filter((key) => Object.hasOwn(ours, key))
    .map((key) => ({
      rule: 'annotation',
      message: `Gateway ${name} sets the annotation ${key}, which is set already.`,
      fix: `Take it out${Object.hasOwn(keptAnnotations, key) ? ': it keeps the entry Service' : ', or the exposure'}`,
    }));
}
