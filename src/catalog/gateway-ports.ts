import type { Gateway } from '../model/mesh.js';
import type { GatewayPort } from './gateways/kind.js';
import { gatewayKinds } from './kinds.js';

/** The ports of a gateway: those that it had before, or of its kind, of which load balancers may check the first, then its own. */
export function gatewayPorts({ kind, ports = [], adopted }: Gateway): GatewayPort[] {
  const ofKind =
    adopted?.service.ports.map(({ nodePort: _, appProtocol: __, ...port }) => ({
      ...port,
      protocol: 'TCP' as const,
    })) ?? gatewayKinds[kind].ports;
  return [...ofKind, ...ports.map((port) => ({ ...port, protocol: 'TCP' as const }))];
}

/** What lets pods listen below 1024, as Istio's chart `gateway` does on 80 and 443: a sysctl that is safe from Kubernetes 1.22 on. */
export function lowPorts(gateway: Gateway): object {
  return gatewayPorts(gateway).some(({ targetPort }) => targetPort < 1024)
    ? { sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }] }
    : {};
}
