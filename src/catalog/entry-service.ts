import { gatewayOf, istioLabel } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import { gatewayPorts } from './gateway-ports.js';
import { gatewayKinds, platforms } from './kinds.js';

/** Neither engine may ever take an entry Service away: its address is the address of the mesh. */
const kept = {
  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

/** The entry Service of a gateway, alike in every cluster but for the selector, which each replaces in 5-switch. */
export interface EntryService {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: { readonly type: 'LoadBalancer' | 'NodePort' | 'ClusterIP' } & Readonly<Record<string, unknown>>;
}

/** What the platform alone decides: whether there is a load balancer, and what makes it public or private. */
export function loadBalancer(
  mesh: Mesh,
  name: string,
): Pick<EntryService, 'annotations'> & Pick<EntryService['spec'], 'type'> {
  const { kind, exposure = 'external', adopted } = gatewayOf(mesh, name);
  if (adopted !== undefined) return { type: adopted.service.type, annotations: {} };
  const { serviceType } = gatewayKinds[kind];
  const { withoutLoadBalancers, loadBalancers } = platforms[mesh.platform];
  if (serviceType !== 'LoadBalancer') return { type: serviceType, annotations: {} };
  if (withoutLoadBalancers) return { type: 'NodePort', annotations: {} };
  return { type: serviceType, annotations: loadBalancers?.[exposure] ?? {} };
}

/** What the platform and the mesh make of the entry Service: the mesh wins, but for what keeps the Service. */
export function entryService(mesh: Mesh, name: string): EntryService {
  const gateway = gatewayOf(mesh, name);
  const { annotations = {}, externalTrafficPolicy, adopted } = gateway;
  const { ports: found = [], ...asFound } = adopted?.service ?? {};
  const { type, annotations: ofPlatform } = loadBalancer(mesh, name);
  const all = Object.entries({ ...kept, ...ofPlatform, ...annotations, ...kept });
  return {
    annotations: Object.fromEntries(all.filter((pair): pair is [string, string] => pair[1] !== null)),
    spec: {
      ...asFound,
      type,
      ...(externalTrafficPolicy === undefined ? {} : { externalTrafficPolicy }),
      selector: { istio: istioLabel(name) },
      ports: gatewayPorts(gateway).map((each) => ({ ...found.find(({ name }) => name === each.name), ...each })),
    },
  };
}
