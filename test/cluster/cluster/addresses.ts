import { createServer } from 'node:net';
import { HarnessError } from '../errors.js';

/**
 * Where one cluster lives on this machine's loopback range.
 *
 * Every Service address is an address of this machine, so that processes and the API server reach Services without
 * iptables. EndpointSlices refuse loopback addresses, so a pod's 10.X.Y.Z is played at 127.X.Y.Z.
 */
export interface Addresses {
  readonly slot: number;
  readonly serviceRange: string;
  readonly podRange: string;
  readonly nodes: readonly { readonly name: string; readonly podRange: string; readonly zone: string }[];
  /** The address of every node, as a pod's played on loopback: node ports are reached there. */
  readonly nodeAddress: string;
  /** Where the metrics API answers, inside the Service range. */
  readonly metricsAddress: string;
  /** Where the requests of the load end: the backend behind the gateways. */
  readonly backendPort: number;
  port(use: PortUse): number;
}

const uses = [
  'etcd-client',
  'etcd-peer',
  'api-server',
  'kwok',
  'git',
  'redis',
  'repo-server',
  'repo-server-metrics',
  'argo-cd-metrics',
  'flux-health',
  'flux-metrics',
  'source',
  'backend',
  'charts',
] as const;
export type PortUse = (typeof uses)[number];

/** Pods a node can hold: small, so that every pod address can be named beforehand. */
export const podsPerNode = 29;

/** Clusters with different slots can run side by side. */
export function addressesOf(slot: number): Addresses {
  const service = 96 + slot;
  const pod = 244 - slot;
  const base = 26_000 + slot * 100;
  const port = (use: PortUse): number => base + uses.indexOf(use);
  return {
    slot,
    serviceRange: `127.${service}.0.0/16`,
    podRange: `10.${pod}.0.0/16`,
    nodes: ['a', 'b', 'c'].map((zone, index) => ({
      name: `node-${zone}`,
      podRange: `10.${pod}.${index + 1}.0/27`,
      zone: `zone-${zone}`,
    })),
    nodeAddress: `10.${pod}.0.254`,
    metricsAddress: `127.${service}.0.10`,
    backendPort: port('backend'),
    port,
  };
}

/** The address of this machine at which a pod address is played. */
export function playedAt(podAddress: string): string {
  return podAddress.replace(/^10\./, '127.');
}

/** The socket by which the API server goes into the cluster, in the folder of the cluster. */
export const egressSocket = 'egress.sock';

/** Every address a pod of this cluster can get. */
export function podAddresses({ nodes }: Addresses): string[] {
  return nodes.flatMap(({ podRange }) => {
    const prefix = podRange.replace(/\.0\/27$/, '');
    return Array.from({ length: podsPerNode }, (_, index) => `${prefix}.${index + 1}`);
  });
}

/** Refuses to start beside something that holds one of our ports. */
export async function assertPortsFree(addresses: Addresses): Promise<void> {
  for (const use of uses) {
    const port = addresses.port(use);
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (!free)
      throw new HarnessError(
        `port ${port} on 127.0.0.1 (${use}) is in use; end what holds it, or choose other ports with ISTIO_PROD_CLUSTER_SLOT`,
      );
  }
}
