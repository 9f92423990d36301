import type { Gateway, Mesh } from '../model/mesh.js';
import type { GatewayPort } from './gateways/kind.js';
import { gatewayKinds, platforms } from './kinds.js';

/** What keeps an entry Service where nothing wants it any more: its address is the mesh's address. */
export const keptAnnotations = {
  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
} as const;

/** The ports of a gateway: those of its kind, which load balancers may check first, then its own. */
export function gatewayPorts({ kind, ports = [] }: Gateway): GatewayPort[] {
  return [...gatewayKinds[kind].ports, ...ports.map((port) => ({ ...port, protocol: 'TCP' as const }))];
}

/** The annotations of an entry Service: those that keep it, those of its exposure, then the team's own. */
export function entryAnnotations(mesh: Mesh, gateway: Gateway): Readonly<Record<string, string>> {
  return { ...keptAnnotations, ...exposureAnnotations(mesh, gateway), ...gateway.annotations };
}

/** What the platform's load balancers read to be reachable from where the gateway says. */
export function exposureAnnotations({ platform }: Mesh, { exposure }: Gateway): Readonly<Record<string, string>> {
  return (exposure === undefined ? undefined : platforms[platform].exposure?.[exposure]) ?? {};
}
