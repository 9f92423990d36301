import { serviceName } from '../../model/dns-names.js';
import { istioLabel } from '../../model/gateway.js';
import {
  annotationsOf,
  type Fields,
  isFields,
  type KubeObject,
  labelsOf,
  listAt,
  mapAt,
  nameOf,
  textAt,
} from '../../model/kube-object.js';
import type { GatewayKindName } from '../../model/mesh.js';
import type { Found, FoundGateway, LeftAlone } from './installation.js';

/** Annotations by which people tell a cloud what load balancer they want; all others are written by controllers, or are nobody's business. */
const forLoadBalancers =
  /^(service\.beta\.kubernetes\.io\/|service\.kubernetes\.io\/(ibm-|topology-)|networking\.gke\.io\/|cloud\.google\.com\/(?!neg-status)|metallb\.(universe\.tf|io)\/(address-pool|loadBalancerIPs|allow-shared-ip)|load-balancer\.hetzner\.cloud\/|oci(-network-load-balancer)?\.oraclecloud\.com\/|loadbalancer\.openstack\.org\/(?!load-balancer-)|kube-vip\.io\/loadbalancerIPs|(lbipam|service)\.cilium\.io\/|io\.cilium\/lb-|networking\.istio\.io\/exportTo|external-dns\.alpha\.kubernetes\.io\/)/;

/** Fields that hold for this Service where they differ from what every Service has; Flux drops what kubectl wrote and its manifest does not say. */
const usual: readonly (readonly [field: string, unlessItIs: unknown])[] = [
  ['allocateLoadBalancerNodePorts', true],
  ['internalTrafficPolicy', 'Cluster'],
  ['trafficDistribution', undefined],
  ['sessionAffinity', 'None'],
  ['ipFamilyPolicy', 'SingleStack'],
];

/** The gateways that can be adopted, what is left alone with the reason, and what cannot be told. */
export function findGateways(objects: readonly KubeObject[]): Pick<Found, 'gateways' | 'leftAlone' | 'unknown'> {
  const gateways: FoundGateway[] = [];
  const leftAlone: LeftAlone[] = [];
  const unknown: string[] = [];
  const proxies = objects.filter((object) => object.kind === 'Deployment' && isGateway(object));
  const managed = proxies.filter((object) =>
    Object.keys(podLabels(object)).some((key) => /^gateway\.(networking\.k8s|istio)\.io\//.test(key)),
  );
  for (const object of objects.filter(({ kind }) => kind === 'DaemonSet' || kind === 'StatefulSet').filter(isGateway))
    leftAlone.push({ what: nameOf(object), why: `it is a ${object.kind}; a gateway is a Deployment here` });
  for (const object of managed)
    leftAlone.push({ what: nameOf(object), why: 'istiod makes it of a Gateway of the Gateway API' });
  const plain = proxies.filter((object) => !managed.includes(object));
  const services = objects.filter(({ kind }) => kind === 'Service');
  for (const service of services) {
    const own = plain.filter((deployment) => selects(service, deployment));
    if (own.length === 0) continue;
    const { name } = service.metadata;
    const strangers = objects
      .filter(({ kind }) => ['Deployment', 'DaemonSet', 'StatefulSet'].includes(kind))
      .filter((each) => each.metadata.namespace === service.metadata.namespace && !own.includes(each))
      .filter((each) => podLabels(each)['istio'] === istioLabel(name))
      .map(nameOf);
    const reason =
      notAdoptable(service, own) ??
      (gateways.some((each) => each.name === name)
        ? 'another gateway has that name; adopt this one into a repository of its own'
        : undefined);
    const ports = portsOf(service, own);
    if (reason !== undefined) leftAlone.push({ what: nameOf(service), why: reason });
    else if (ports === undefined)
      unknown.push(`${nameOf(service)} sends to a port by a name that no container of its pods declares.`);
    else gateways.push(foundGateway(service, own, ports, strangers));
  }
  for (const deployment of plain.filter((each) => !services.some((service) => selects(service, each))))
    leftAlone.push({ what: nameOf(deployment), why: 'no Service selects it' });
  return { gateways, leftAlone, unknown };
}

/** A gateway is a proxy that serves no workload: the agent runs as router, or istiod injects the whole container. */
function isGateway(deployment: KubeObject): boolean {
  return listAt(deployment, 'spec.template.spec.containers').some(
    (container) =>
      textAt(container, 'name') === 'istio-proxy' &&
      (textAt(container, 'image') === 'auto' || listAt(container, 'args').includes('router')),
  );
}

function selects(service: KubeObject, deployment: KubeObject): boolean {
  const selector = Object.entries(mapAt(service, 'spec.selector'));
  return (
    service.metadata.namespace === deployment.metadata.namespace &&
    selector.length > 0 &&
    selector.every(([key, value]) => podLabels(deployment)[key] === value)
  );
}

/** Why a Service cannot become an entry Service of this repository. */
function notAdoptable(service: KubeObject, deployments: readonly KubeObject[]): string | undefined {
  const { name } = service.metadata;
  const labels = new Set(deployments.map((deployment) => podLabels(deployment)['istio']));
  if (textAt(service, 'spec.clusterIP') === 'None') return 'it has no address (headless)';
  if (mapAt(service, 'spec')['publishNotReadyAddresses'] === true)
    return 'it sends traffic to pods that are not ready (publishNotReadyAddresses)';
  if (!['', 'LoadBalancer', 'NodePort', 'ClusterIP'].includes(textAt(service, 'spec.type')))
    return `its type is ${textAt(service, 'spec.type')}`;
  if (!serviceName.safeParse(name).success) return 'its name is no DNS label';
  if (labels.size !== 1 || !labels.has(istioLabel(name)))
    return `its pods have the label istio=${[...labels].join(', ') || 'none'}, and this repository gives those of ${name} istio=${istioLabel(name)}: Gateway resources would not select both`;
  if (listAt(service, 'spec.ports').some((port) => !['', 'TCP'].includes(textAt(port, 'protocol'))))
    return 'it has ports that are not TCP';
  return undefined;
}

type Port = FoundGateway['gateway']['adopted']['service']['ports'][number];

/** The ports with numbers for targets; undefined where a name cannot be resolved. */
function portsOf(service: KubeObject, deployments: readonly KubeObject[]): Port[] | undefined {
  const declared = new Map(
    deployments
      .flatMap((deployment) => listAt(deployment, 'spec.template.spec.containers'))
      .flatMap((container) => listAt(container, 'ports'))
      .filter(isFields)
      .map(({ name, containerPort }) => [name, containerPort]),
  );
  const ports = listAt(service, 'spec.ports')
    .filter(isFields)
    .map(({ name = '', port, targetPort = port, nodePort, appProtocol }) => ({
      name: String(name),
      port: Number(port),
      targetPort: Number(typeof targetPort === 'number' ? targetPort : (declared.get(targetPort) ?? Number.NaN)),
      ...(typeof nodePort === 'number' && nodePort > 0 ? { nodePort } : {}),
      ...(typeof appProtocol === 'string' ? { appProtocol } : {}),
    }));
  return ports.some(({ targetPort }) => Number.isNaN(targetPort)) ? undefined : ports;
}

function foundGateway(
  service: KubeObject,
  deployments: readonly KubeObject[],
  ports: Port[],
  strangers: string[],
): FoundGateway {
  const { name, namespace = '' } = service.metadata;
  const type = textAt(service, 'spec.type') || 'ClusterIP';
  const annotations = Object.entries(annotationsOf(service)).filter(([key]) => forLoadBalancers.test(key));
  const strings = (key: string) => listAt(service, `spec.${key}`).map(String);
  const text = (key: string) =>
    textAt(service, `spec.${key}`) === '' ? {} : { [key]: textAt(service, `spec.${key}`) };
  return {
    name,
    replicas: Math.max(...deployments.map((each) => Number(mapAt(each, 'spec')['replicas'] ?? 1))),
    podLabels: podLabels(deployments[0]),
    strangers,
    owner: ownerOf(service),
    gateway: {
      kind: kindOf(service),
      ...(annotations.length === 0
        ? {}
        : { annotations: Object.fromEntries(annotations.map(([key, value]) => [key, String(value)])) }),
      adopted: {
        namespace,
        serviceAccount: textAt(deployments[0], 'spec.template.spec.serviceAccountName') || 'default',
        deployments: deployments.map(({ metadata }) => metadata.name),
        selector: Object.fromEntries(
          Object.entries(mapAt(service, 'spec.selector')).map(([key, value]) => [key, String(value)]),
        ),
        service: {
          type: type as 'LoadBalancer' | 'NodePort' | 'ClusterIP',
          ports,
          ...(type === 'ClusterIP' ? {} : text('externalTrafficPolicy')),
          ...text('loadBalancerClass'),
          ...text('loadBalancerIP'),
          ...(strings('loadBalancerSourceRanges').length === 0
            ? {}
            : { loadBalancerSourceRanges: strings('loadBalancerSourceRanges') }),
          ...(strings('externalIPs').length === 0 ? {} : { externalIPs: strings('externalIPs') }),
          ...unusual(mapAt(service, 'spec')),
        },
      },
    },
  };
}

/** The fields of the Service that are other than usual, with what belongs to them. */
function unusual(spec: Fields): Fields {
  const own = usual.filter(([field, common]) => spec[field] !== undefined && spec[field] !== common);
  const belonging: Readonly<Record<string, string>> = {
    sessionAffinity: 'sessionAffinityConfig',
    ipFamilyPolicy: 'ipFamilies',
  };
  const fields = own.flatMap(([field]) => [field, belonging[field] ?? field]);
  return Object.fromEntries(fields.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])));
}

/** An east-west gateway is known by its network, an egress gateway by its name; all others let traffic in. */
function kindOf(service: KubeObject): GatewayKindName {
  if (labelsOf(service)['topology.istio.io/network'] !== undefined) return 'eastwest';
  return /egress/.test(service.metadata.name) ? 'egress' : 'ingress';
}

/** Who writes it, as far as its marks say. */
function ownerOf(service: KubeObject): string {
  const labels = labelsOf(service);
  const annotations = annotationsOf(service);
  const marks: readonly (readonly [unknown, string])[] = [
    [annotations['argocd.argoproj.io/tracking-id'], 'Argo CD'],
    [labels['kustomize.toolkit.fluxcd.io/name'], 'Flux'],
    [labels['helm.toolkit.fluxcd.io/name'], 'a HelmRelease of Flux'],
    [annotations['meta.helm.sh/release-name'], 'the Helm release'],
    [labels['install.operator.istio.io/owning-resource'], 'istioctl or the operator'],
  ];
  const found = marks.find(([mark]) => mark !== undefined);
  return found === undefined ? 'nobody that left a mark' : `${found[1]} ${String(found[0]).split(':')[0]}`;
}

function podLabels(deployment: KubeObject | undefined) {
  return mapAt(deployment, 'spec.template.metadata.labels');
}
