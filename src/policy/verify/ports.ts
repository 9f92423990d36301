import { gatewayKinds, platforms } from '../../catalog/kinds.js';
import { gatewayNamespace } from '../../catalog/namespaces.js';
import { istioLabel, listenersService } from '../../model/gateway.js';
import { at, isFields, listAt, mapAt, same, textAt } from '../../model/kube-object.js';
import { entriesOf } from './entry-services.js';
import { podsOf } from './gateway-pods.js';
import { type ClusterLook, find, type Hit, layerFile, type Rule } from './rule.js';

/** The ports of a Service in Git or of one in an IstioOperator, as far as they decide what a gateway listens on. */
function portMap(ports: readonly unknown[]): string[] {
  return ports
    .filter(isFields)
    .map(({ port, targetPort, protocol }) => `${port}→${targetPort ?? port}/${protocol ?? 'TCP'}`)
    .toSorted();
}

export const listenerPorts: Rule<ClusterLook> = {
  name: 'listener-ports',
  statement:
    'Every gateway has a permanent ClusterIP Service over all its revisions, with the ports of its entry Service; so has the Service of a gateway that an operator makes.',
  source:
    'istio/istio pilot: a gateway listens on the ports of the Services that select it; without one, requests were lost on a real control plane when the selector moved',
  fix: 'Give both Services the same ports, in clusters/<cluster>/custom/1-namespaces and custom/5-switch',
  find: (look) =>
    entriesOf(look).flatMap(({ gateway, where }): Hit[] => {
      const ports = portMap(listAt(where.object, 'spec.ports'));
      const name = listenersService(gateway);
      const listeners = find(look.objects, 'Service', gatewayNamespace(look.mesh, gateway), name);
      if (listeners === undefined)
        return [{ where: layerFile(look, '1-namespaces'), message: `The permanent Service ${name} is not built.` }];
      const { object } = listeners;
      const messages = [
        same(portMap(listAt(object, 'spec.ports')), ports)
          ? ''
          : `Its ports are ${portMap(listAt(object, 'spec.ports')).join(', ')}, and those of the entry Service ${ports.join(', ')}.`,
        same(mapAt(object, 'spec.selector'), { istio: istioLabel(gateway) })
          ? ''
          : 'It must select the shared label alone, so that it covers dark and draining gateways.',
        (textAt(object, 'spec.type') || 'ClusterIP') === 'ClusterIP' ? '' : 'It must be a ClusterIP Service.',
      ];
      return [
        ...messages.filter((message) => message !== '').map((message) => ({ where: listeners, message })),
        ...podsOf(look, gateway)
          .filter(({ operated, spec }) => operated && !same(portMap(listAt(spec, 'k8s.service.ports')), ports))
          .map((pods) => ({
            where: pods.where,
            message: `The Service that the operator makes has the ports ${portMap(listAt(pods.spec, 'k8s.service.ports')).join(', ')}, and the entry Service ${ports.join(', ')}.`,
          })),
      ];
    }),
};

export const targetPorts: Rule<ClusterLook> = {
  name: 'target-ports',
  statement: 'A gateway listens on ports from 1024 on that are written as numbers: 80 on 8080, and 443 on 8443.',
  source:
    'istio/istio pilot: gateways that run without privileges skip listeners below 1024; the container declares no names to resolve',
  fix: 'Write the targetPort as a number: 8080 for port 80, 8443 for port 443, and the port itself where it is 1024 or above',
  find: (look) =>
    entriesOf(look)
      // An adopted gateway keeps its ports: its pods before and ours must listen on the same.
      .filter(({ gateway }) => look.mesh.gateways[gateway]?.adopted === undefined)
      .flatMap(({ where }) =>
        listAt(where.object, 'spec.ports')
          .filter(isFields)
          .flatMap(({ port, targetPort: named }) => {
            const target = named ?? port;
            const wanted = port === 80 ? 8080 : port === 443 ? 8443 : target;
            if (typeof target !== 'number')
              return [{ where, message: `Port ${port} goes to "${target}", a name that no container declares.` }];
            if (target < 1024) return [{ where, message: `Port ${port} goes to ${target}, which is below 1024.` }];
            return target === wanted
              ? []
              : [{ where, message: `Port ${port} goes to ${target} instead of ${wanted}.` }];
          }),
      ),
};

export const containerPorts: Rule<ClusterLook> = {
  name: 'container-ports',
  statement: 'Where the container of a gateway declares ports, those that its entry Service sends to are among them.',
  source: 'a list of ports that leaves one out shows that one side alone was edited',
  fix: 'Declare all target ports, or none',
  find: (look) =>
    entriesOf(look).flatMap(({ gateway, where }) => {
      const targets = listAt(where.object, 'spec.ports').map((port) => at(port, 'targetPort') ?? at(port, 'port'));
      return podsOf(look, gateway).flatMap((pods) => {
        const declared = listAt(pods.where.object, 'spec.template.spec.containers')
          .flatMap((container) => listAt(container, 'ports'))
          .map((port) => at(port, 'containerPort'));
        const missing = declared.length === 0 ? [] : targets.filter((target) => !declared.includes(target));
        return missing.length === 0
          ? []
          : [{ where: pods.where, message: `Its containers declare ports, but not ${missing.join(', ')}.` }];
      });
    }),
};

export const statusPort: Rule<ClusterLook> = {
  name: 'status-port-first',
  statement: 'The first port of an entry Service with a load balancer is the status port, 15021.',
  source:
    'istio/istio 1.10 manifests/charts/gateways/istio-ingress/values.yaml: classic AWS load balancers check the first port',
  fix: 'Put status-port first',
  find: (look) =>
    entriesOf(look)
      .filter(({ gateway }) => look.mesh.gateways[gateway]?.adopted === undefined)
      .filter(({ where }) => textAt(where.object, 'spec.type') === 'LoadBalancer')
      .filter(({ where }) => at(listAt(where.object, 'spec.ports')[0], 'port') !== 15021)
      .map(({ where }) => ({
        where,
        message: `Its first port is ${at(listAt(where.object, 'spec.ports')[0], 'port')}.`,
      })),
};

export const noLoadBalancer: Rule<ClusterLook> = {
  name: 'no-load-balancer',
  statement: 'On a platform without load balancers, no Service is of the type LoadBalancer.',
  source:
    'argoproj/gitops-engine health_service.go: a LoadBalancer without an address is Progressing for ever, and a sync waits for it',
  fix: 'Make it a NodePort, or set "platform" in istio-prod.yaml to one with load balancers',
  find: (look) =>
    platforms[look.mesh.platform].withoutLoadBalancers === true
      ? look.objects
          .filter(({ object }) => object.kind === 'Service' && textAt(object, 'spec.type') === 'LoadBalancer')
          .map((where) => ({ where, message: `${look.mesh.platform} gives no LoadBalancer an address.` }))
      : [],
};

export const networkLabel: Rule<ClusterLook> = {
  name: 'network-label',
  statement:
    'The entry Services of east-west gateways, and no other Services, carry the label of the network, and it names the network of the cluster; so does the namespace of every istiod.',
  source:
    'istio/istio pilot/pkg/serviceregistry/kube/controller/network.go: other clusters find the way in by this label',
  fix: 'Take the label topology.istio.io/network off all other Services, and put it back where it belongs',
  find: (look) => {
    const key = 'topology.istio.io/network';
    const { network } = look.cluster;
    const crossing = (name: string) => {
      const kind = look.mesh.gateways[name]?.kind;
      return kind !== undefined && gatewayKinds[kind].crossesNetworks;
    };
    return look.objects.flatMap((where): Hit[] => {
      const { kind, metadata } = where.object;
      const found = mapAt(where.object, 'metadata.labels')[key];
      const entry = kind === 'Service' && crossing(metadata.name);
      const plane = kind === 'Namespace' && /^istio-system(-|$)/.test(metadata.name);
      const wanted = entry || plane ? network : undefined;
      if (found === wanted || (wanted === undefined && kind !== 'Service')) return [];
      return [
        { where, message: `Its label ${key} is ${found ?? 'not there'}; it should be ${wanted ?? 'not there'}.` },
      ];
    });
  },
};
