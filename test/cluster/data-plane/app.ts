import { sleep } from '../clock.js';
import { playedAt, podAddresses } from '../cluster/addresses.js';
import type { Cluster } from '../cluster/cluster.js';
import type { KubeObject } from '../kube/objects.js';
import { addressMetadata } from './envoy-bootstrap.js';

/** The host that the load asks for. */
export const appHost = 'shop.example.com';

/** Ports of the gateways that the load uses, by the label `istio` of their pods. */
const gatewayPorts: Readonly<Record<string, number>> = {
  ingressgateway: 80,
  egressgateway: 80,
  eastwestgateway: 15443,
};

/**
 * An application behind the gateways, as a team of the mesh would have it: a Gateway for each kind of gateway, and one
 * backend on this machine. And one EnvoyFilter of the harness: it keeps gateways that share this machine apart by
 * binding each to the address it plays.
 *
 * They are made as soon as their CRDs exist, so that no validator of the mesh stands in their way.
 */
export async function installApp(
  { kube, addresses }: Cluster,
  rootNamespace: string,
  stopped: () => boolean,
): Promise<void> {
  const objects = [...appObjects(addresses.backendPort), bindFilter(podAddresses(addresses), rootNamespace)];
  for (const object of objects) {
    while (!stopped()) {
      try {
        await kube.apply(object);
        break;
      } catch {
        await sleep(300);
      }
    }
  }
}

function appObjects(backendPort: number): KubeObject[] {
  const namespace = 'shop';
  const istio = (kind: string, name: string, spec: object): KubeObject => ({
    apiVersion: 'networking.istio.io/v1beta1',
    kind,
    metadata: { name, namespace },
    spec,
  });
  const backend = { host: 'backend.shop.internal', port: { number: 80 } };
  const gateways = Object.entries(gatewayPorts);
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    istio('ServiceEntry', 'backend', {
      hosts: [backend.host],
      location: 'MESH_EXTERNAL',
      resolution: 'STATIC',
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      endpoints: [{ address: '127.0.0.1', ports: { http: backendPort } }],
    }),
    ...gateways.map(([label, number]) =>
      istio('Gateway', label, {
        selector: { istio: label },
        servers: [{ port: { number, name: 'http', protocol: 'HTTP' }, hosts: [appHost] }],
      }),
    ),
    istio('VirtualService', 'shop', {
      hosts: [appHost],
      gateways: gateways.map(([label]) => label),
      http: [{ route: [{ destination: backend }] }],
    }),
  ];
}

function bindFilter(pods: readonly string[], namespace: string): KubeObject {
  const configPatches = pods.map((pod) => ({
    applyTo: 'LISTENER',
    match: { context: 'GATEWAY', proxy: { metadata: { [addressMetadata]: playedAt(pod) } } },
    patch: { operation: 'MERGE', value: { address: { socket_address: { address: playedAt(pod) } } } },
  }));
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name: 'harness-addresses', namespace },
    spec: { configPatches },
  };
}
