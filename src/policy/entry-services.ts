import { loadBalancer } from '../catalog/entry-service.js';
import { platforms } from '../catalog/kinds.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/** What an entry Service cannot be: an internal one that would be public after all, or fields that its type does not take. */
export function checkEntryServices(mesh: Mesh): (Problem & { readonly at: readonly string[] })[] {
  return Object.entries(mesh.gateways).flatMap(([name, { kind, exposure, annotations, externalTrafficPolicy }]) => {
    const at = ['gateways', name];
    const { type } = loadBalancer(mesh, name);
    if (type === 'ClusterIP' && (exposure ?? externalTrafficPolicy) !== undefined) {
      return [
        {
          at,
          rule: 'no-load-balancer',
          message: `Gateway ${name} is of kind ${kind}, which nothing outside reaches: it has no exposure and no externalTrafficPolicy.`,
          fix: `Take these keys out of ${name}`,
        },
      ];
    }
    if (exposure !== 'internal' || annotations !== undefined) return [];
    if (type === 'LoadBalancer' && platforms[mesh.platform].loadBalancers !== undefined) return [];
    return [
      {
        at,
        rule: 'exposure-unknown',
        message: `On ${mesh.platform} nothing is known that makes gateway ${name} internal: it would be reached from everywhere.`,
        fix: `Give the annotations of your load balancer that do (gateways.${name}.annotations in istio-prod.yaml), or another platform`,
      },
    ];
  });
}

/** Clouds take these when the Service is made; later they leave the old load balancer behind, or make another with another address. */
export function checkLoadBalancers(before: Mesh, after: Mesh): Problem[] {
  return Object.keys(before.gateways)
    .filter((name) => after.gateways[name] !== undefined && before.gateways[name]?.kind === after.gateways[name]?.kind)
    .filter((name) => JSON.stringify(loadBalancer(before, name)) !== JSON.stringify(loadBalancer(after, name)))
    .map((name) => ({
      rule: 'load-balancer',
      message: `The load balancer of ${name} would become another (platform or exposure has changed), and with it the address of the mesh.`,
      fix: 'Put the old value back. To move, add a second gateway and lead clients over. Where the load balancer is that already, take --force load-balancer',
      forcible: true,
    }));
}
