import type { Gateway } from '../model/mesh.js';
import type { GatewayPort } from './gateways/kind.js';
import { gatewayKinds } from './kinds.js';

/** The ports of a gateway: those of its kind, of which load balancers may check the first, then its own. */
export function gatewayPorts({ kind, ports = [] }: Gateway): GatewayPort[] {
  return [...gatewayKinds[kind].ports, ...ports.map((port) => ({ ...port, protocol: 'TCP' as const }))];
}
