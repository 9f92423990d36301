import type { Gateway, Mesh } from './mesh.js';

/** The value of the label `istio`, which Gateway resources select: the same in every revision. istio-ingressgateway → ingressgateway. */
export function istioLabel(gateway: string): string {
  return gateway.replace(/^istio-/, '');
}

/**
 * The label `app` of a gateway's pods and Deployments. Those that were there before have its name there already, and
 * their Service, autoscaler and disruption budget would select ours too.
 */
export function appLabel(mesh: Mesh, gateway: string): string {
  return gatewayOf(mesh, gateway).adopted === undefined ? gateway : appLabelOfAdopted(gateway);
}

/** The label `app` of our pods of a gateway that was there before. */
export function appLabelOfAdopted(gateway: string): string {
  return `${gateway}-revisions`;
}

/** The identity of a gateway's pods, the same in every revision. */
export function gatewayAccount(mesh: Mesh, gateway: string): string {
  return gatewayOf(mesh, gateway).adopted?.serviceAccount ?? gateway;
}

/** What a gateway's proxy is told beside the mesh: it drains for longer than load balancers need to notice. */
export const gatewayProxyConfig = { terminationDrainDuration: '30s' } as const;

/** The most pods that a gateway's autoscaler makes, of each revision (overlays/revisions/…/hpa.yaml). */
export function mostReplicas(mesh: Mesh, gateway: string): number {
  return gatewayOf(mesh, gateway).maxReplicas ?? 5;
}

/** The name of a gateway's Deployment in one revision. */
export function gatewayDeployment(gateway: string, revision: string): string {
  return `${gateway}-${revision}`;
}

/** What a gateway is that does not serve: a newer one is dark, and an older one has served and ends the connections that it has. */
export function idle(revisions: readonly string[], serving: readonly string[], revision: string): 'dark' | 'draining' {
  const newest = Math.max(...serving.map((each) => revisions.indexOf(each)));
  return revisions.indexOf(revision) < newest ? 'draining' : 'dark';
}

/** The permanent ClusterIP Service over all revisions: it keeps the listeners' ports while gateways come dark and go draining. */
export function listenersService(gateway: string): string {
  return `${gateway}-listeners`;
}

/** The gateway of that name; a mesh that passed `checkMesh` names no other. */
export function gatewayOf(mesh: Mesh, name: string): Gateway {
  const gateway = mesh.gateways[name];
  if (gateway === undefined) throw new Error(`The mesh has no gateway ${name}`);
  return gateway;
}
