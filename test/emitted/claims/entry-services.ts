import { expect } from 'vitest';
import { type Emitted, nameOf, ofKind } from '../../support/emitted.js';
import { gatewayPods, selectedBy } from '../../support/gateway-pods.js';
import { type Built, the } from '../../support/kubectl.js';
import type { Claims } from '../describe-upgrade.js';

/** The ports of each kind in their order, as port → targetPort, and the type of the entry Service where the platform has load balancers. */
const expected = {
  'istio-ingressgateway': {
    type: 'LoadBalancer',
    ports: ['15021 → 15021', '80 → 8080', '443 → 8443', '31400 → 31400', '15443 → 15443'],
  },
  'istio-egressgateway': { type: 'ClusterIP', ports: ['80 → 8080', '443 → 8443'] },
  'istio-eastwestgateway': {
    type: 'LoadBalancer',
    ports: ['15021 → 15021', '15443 → 15443', '15012 → 15012', '15017 → 15017'],
  },
} as const;

export const entryServiceClaims: Claims = {
  'an entry Service selects exactly the pods of the revisions that serve'(emitted) {
    const pods = gatewayPods(emitted);
    for (const [gateway, service] of entries(emitted)) {
      const serving = emitted.mesh.clusters[emitted.cluster]?.serves[gateway];
      const wanted = pods.filter((each) => each.gateway === gateway && serving?.includes(each.revision));
      expect(wanted.length, gateway).toBe(serving?.length);
      expect(
        selectedBy(service, pods).map(({ deployment }) => deployment),
        gateway,
      ).toStrictEqual(wanted.map(({ deployment }) => deployment));
    }
  },

  'the selector patch took effect: old and new name one version, both names none'(emitted) {
    for (const [gateway, service] of entries(emitted)) {
      const [only, ...others] = emitted.mesh.clusters[emitted.cluster]?.serves[gateway] ?? [];
      const istio = gateway.replace('istio-', '');
      const version = only?.replaceAll('-', '_');
      expect(service.spec.selector, gateway).toStrictEqual(others.length === 0 ? { istio, version } : { istio });
    }
  },

  'an entry Service selects nothing but gateways'(emitted) {
    const others = [...ofKind(emitted, 'Deployment'), ...ofKind(emitted, 'Job')].filter(
      ({ spec }) => spec.template.metadata.annotations?.['inject.istio.io/templates'] !== 'gateway',
    );
    for (const [, service] of entries(emitted)) {
      for (const other of others) {
        expect(other.spec.template.metadata.labels?.istio, nameOf(other)).not.toBe(service.spec.selector.istio);
      }
    }
  },

  'an entry Service has its type and its ports, and the listeners Service the same ports'(emitted) {
    for (const [gateway, service] of entries(emitted)) {
      const { type, ports } = expected[gateway as keyof typeof expected];
      const nodesOnly = ['bare-metal', 'kind'].includes(emitted.mesh.platform) && type === 'LoadBalancer';
      expect(service.spec.type, gateway).toBe(nodesOnly ? 'NodePort' : type);
      expect(service.spec.ports.map(portAndTarget), gateway).toStrictEqual(ports);
      const listeners = the(emitted.objects, 'Service', `${gateway}-listeners`);
      expect(listeners.spec.ports, gateway).toStrictEqual(service.spec.ports);
    }
  },

  'a listeners Service is a ClusterIP over all revisions of its gateway, dark or not'(emitted) {
    const pods = gatewayPods(emitted);
    for (const [gateway, service] of entries(emitted)) {
      const listeners = the(emitted.objects, 'Service', `${gateway}-listeners`);
      expect(listeners.spec.type, gateway).toBe('ClusterIP');
      expect(listeners.metadata.namespace, gateway).toBe(service.metadata.namespace);
      expect(selectedBy(listeners, pods), gateway).toStrictEqual(pods.filter((each) => each.gateway === gateway));
    }
  },

  'a gateway that an operator makes listens on the ports of the entry Service'(emitted) {
    for (const { gateway, deployment, operated, source } of gatewayPods(emitted)) {
      if (!operated) continue;
      const entry = the(emitted.objects, 'Service', gateway);
      expect(source.k8s.service.type, deployment).toBe('ClusterIP');
      expect(source.k8s.service.ports, deployment).toStrictEqual(entry.spec.ports);
    }
  },

  'only the entry Service of an east-west gateway carries the label of its network'(emitted) {
    const network = emitted.mesh.clusters[emitted.cluster]?.network;
    const labelled = ofKind(emitted, 'Service').filter(
      ({ metadata }) => metadata.labels?.['topology.istio.io/network'] !== undefined,
    );
    const eastwest = emitted.mesh.gateways['istio-eastwestgateway'] === undefined ? [] : ['istio-eastwestgateway'];
    expect(labelled.map(({ metadata }) => metadata.name)).toStrictEqual(eastwest);
    for (const { metadata } of labelled) expect(metadata.labels['topology.istio.io/network']).toBe(network);
    for (const { labels, matchLabels, deployment } of gatewayPods(emitted)) {
      expect({ ...labels, ...matchLabels }, deployment).not.toHaveProperty(['topology.istio.io/network']);
    }
  },

  'an east-west gateway sees the endpoints of its own network only, and no other gateway is told one'(emitted) {
    const network = emitted.mesh.clusters[emitted.cluster]?.network;
    for (const { gateway, deployment, operated, source } of gatewayPods(emitted)) {
      const env: Built[] = operated ? source.k8s.env : source.spec.template.spec.containers[0].env;
      const view = env.filter(({ name }) => name === 'ISTIO_META_REQUESTED_NETWORK_VIEW').map(({ value }) => value);
      expect(view, deployment).toStrictEqual(gateway === 'istio-eastwestgateway' ? [network] : []);
    }
  },
};

function entries(emitted: Emitted): [string, Built][] {
  return Object.keys(emitted.mesh.gateways).map((gateway) => [gateway, the(emitted.objects, 'Service', gateway)]);
}

function portAndTarget({ port, targetPort }: Built): string {
  return `${port} → ${targetPort}`;
}
