import type { Gateway } from '../model/mesh.js';
import type { GatewayPort } from './gateways/kind.js';
import { gatewayKinds } from './kinds.js';

/** The ports of a gateway: those that it had before, or of its kind, of which load balancers may check the first, then its own. */
export function gatewayPorts({ kind, ports = [], adopted }: Gateway): GatewayPort[] {
  const ofKind =
    adopted?.service.ports.map(({ nodePort: _, ...port }) => ({ ...port, protocol: 'TCP' as const })) ??
    gatewayKinds[kind].ports;
  return [...ofKind, ...ports.map((port) => ({ ...port, protocol: 'TCP' as const }))];
}
