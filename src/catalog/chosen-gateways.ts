import * as z from 'zod';
import { istioLabel } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';

/** The gateways of kind ingress, each with the label that selects its pods in every revision. */
export function ingressGateways(mesh: Mesh, names?: readonly string[]): { gateway: string; istio: string }[] {
  return Object.entries(mesh.gateways)
    .filter(([name, { kind }]) => (names === undefined ? kind === 'ingress' : names.includes(name)))
    .map(([gateway]) => ({ gateway, istio: istioLabel(gateway) }));
}

/** The setting of items that are for some gateways: left out, all of kind ingress. */
export const gatewaysSetting = z
  .array(z.string())
  .min(1)
  .optional()
  .describe('The gateways that it is for; left out: all of kind ingress');

/** Why an item that is for gateways does not fit a mesh. */
export function notThere(mesh: Mesh, names: readonly string[] | undefined): string | undefined {
  const strangers = (names ?? []).filter((name) => mesh.gateways[name] === undefined);
  if (strangers.length > 0) return `the mesh has no gateway ${strangers.join(', ')}`;
  return ingressGateways(mesh, names).length === 0 ? 'the mesh has no gateway of kind ingress' : undefined;
}

/** Why an item that patches the Deployments of gateways does not fit a mesh. */
export function notInGit(mesh: Mesh): string | undefined {
  return Object.values(mesh.revisions).some(({ gateways }) => gateways === 'operator')
    ? 'gateways that an operator makes are not in Git, and their IstioOperator has no place for it'
    : undefined;
}
