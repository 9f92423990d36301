import type { KubeObject } from '../kube/objects.js';

/** The metadata by which the harness' EnvoyFilter knows which address a gateway plays. */
export const addressMetadata = 'HARNESS_ADDRESS';

export interface BootstrapInput {
  readonly pod: KubeObject;
  /** The loopback address at which the pod is played. */
  readonly address: string;
  /** The environment that the injector gave the pod. */
  readonly env: ReadonlyMap<string, string>;
  /** The Service address of istiod. */
  readonly discoveryAddress: string;
}

/** What pilot-agent would write for Envoy, as far as plaintext on one machine needs it. */
export function bootstrapOf({ pod, address, env, discoveryAddress }: BootstrapInput): object {
  const { name, namespace, labels = {}, annotations = {} } = pod.metadata;
  const fromEnv = Object.fromEntries(
    [...env]
      .filter(([key]) => key.startsWith('ISTIO_META_'))
      .map(([key, value]) => [key.slice('ISTIO_META_'.length), value]),
  );
  return {
    node: {
      id: `router~${pod.status.podIP}~${name}.${namespace}~${namespace}.svc.cluster.local`,
      cluster: `${labels['service.istio.io/canonical-name'] ?? labels.app ?? name}.${namespace}`,
      metadata: {
        ...fromEnv,
        NAME: name,
        NAMESPACE: namespace,
        LABELS: labels,
        ANNOTATIONS: annotations,
        INSTANCE_IPS: pod.status.podIP,
        SERVICE_ACCOUNT: pod.spec.serviceAccountName,
        NODE_NAME: pod.spec.nodeName,
        ISTIO_VERSION: '1.32.0',
        [addressMetadata]: address,
      },
    },
    admin: { address: socket(address, 15000) },
    dynamic_resources: {
      lds_config: { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' },
      cds_config: { ads: {}, resource_api_version: 'V3', initial_fetch_timeout: '0s' },
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }],
      },
    },
    static_resources: {
      clusters: [
        {
          name: 'xds-grpc',
          type: 'STATIC',
          connect_timeout: '1s',
          load_assignment: {
            cluster_name: 'xds-grpc',
            endpoints: [{ lb_endpoints: [{ endpoint: { address: socket(discoveryAddress, 15010) } }] }],
          },
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: {
                http2_protocol_options: { connection_keepalive: { interval: '30s', timeout: '10s' } },
              },
            },
          },
        },
      ],
    },
  };
}

function socket(address: string, port: number): object {
  return { socket_address: { address, port_value: port } };
}
