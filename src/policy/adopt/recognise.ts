import semver from 'semver';
import {
  annotationsOf,
  at,
  type Fields,
  isFields,
  type KubeObject,
  labelsOf,
  listAt,
  mapAt,
  nameOf,
  textAt,
} from '../../model/kube-object.js';
import { revisionSuffix } from '../../model/revision.js';
import { findGateways } from './find-gateways.js';
import type { Found, FoundGateway, InjectedNamespace, Installation, LeftAlone, Settings } from './installation.js';
import { releasesOf } from './releases.js';

/** Reads a YAML text, undefined where it is none; it is handed in, because what decides is pure. */
export type ReadYaml = (text: string) => unknown;

/** What this repository says of the mesh configuration itself (`catalog/mesh-settings.ts`), or what follows from the version. */
const carried = ['rootNamespace', 'trustDomain', 'accessLogFile', 'outboundTrafficPolicy', 'enablePrometheusMerge'];

/** Recognises what is in a cluster by its objects. What they do not say is unknown, and never guessed. */
export function recognise(objects: readonly KubeObject[], readYaml: ReadYaml): Found {
  const istiods = objects.filter((object) => object.kind === 'Deployment' && labelsOf(object)['app'] === 'istiod');
  const gateways = findGateways(objects);
  return {
    installations: istiods.map((istiod) => installationOf(istiod, objects, gateways.gateways, readYaml)),
    ...gateways,
    leftAlone: [...gateways.leftAlone, ...policies(objects).map(whyLeft)],
    selecting: [
      ...policies(objects),
      ...ofKind(objects, 'Service').filter((each) => !isEntry(each, gateways.gateways)),
    ],
    namespaces: injectedNamespaces(objects),
    applications: [
      ...new Set(
        objects.flatMap((object) => {
          const id = annotationsOf(object)['argocd.argoproj.io/tracking-id'];
          return typeof id === 'string' ? [id.split(':')[0] ?? ''] : [];
        }),
      ),
    ],
    traces:
      gateways.gateways.length > 0 ||
      objects.some(
        (object) =>
          object.kind.endsWith('WebhookConfiguration') &&
          ['sidecar-injector', 'istiod'].includes(String(labelsOf(object)['app'])),
      ),
    tags: ofKind(objects, 'MutatingWebhookConfiguration').flatMap((object) => {
      const tag = labelsOf(object)['istio.io/tag'];
      return typeof tag === 'string' ? [tag] : [];
    }),
  };
}

function installationOf(
  istiod: KubeObject,
  objects: readonly KubeObject[],
  gateways: readonly FoundGateway[],
  readYaml: ReadYaml,
): Installation {
  const namespace = istiod.metadata.namespace ?? '';
  const revision = String(labelsOf(istiod)['istio.io/rev'] ?? 'default');
  const operators = objects.filter(
    (object) => object.kind === 'Deployment' && imageOf(object, 'operator') !== undefined,
  );
  const settings = settingsOf(istiod, revision, objects, readYaml);
  const install = installOf(istiod, operators);
  return {
    install,
    version: versionOf(istiod),
    revision,
    tags: ofKind(objects, 'MutatingWebhookConfiguration').flatMap((object) => {
      const labels = labelsOf(object);
      return labels['istio.io/rev'] === revision && typeof labels['istio.io/tag'] === 'string'
        ? [labels['istio.io/tag']]
        : [];
    }),
    namespace,
    releases: releasesOf(objects, install === 'helm' ? revision : undefined, gateways),
    takesAllOperators: operators.some(
      (operator) => mapAt(operator, 'spec')['replicas'] !== 0 && !envOf(operator, 'REVISION'),
    ),
    settings,
    mtls: meshWidePeerAuthentication(objects, settings?.rootNamespace ?? namespace),
    cni: objects.some(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'istio-cni-node'),
    ambient: objects.some(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === 'ztunnel'),
  };
}

/**
 * Who made it: each leaves marks of its own (istio/istio operator/pkg/install, helm.sh, istio-ecosystem/sail-operator). The
 * label owning-resource is none: the charts write "unknown" into it, whoever renders them.
 */
function installOf(istiod: KubeObject, operators: readonly KubeObject[]): Installation['install'] {
  const labels = labelsOf(istiod);
  const owned = listAt(istiod, 'metadata.ownerReferences').some((owner) => textAt(owner, 'kind') === 'IstioRevision');
  if (owned || labels['app.kubernetes.io/managed-by'] === 'sail-operator') return 'sail';
  if (annotationsOf(istiod)['meta.helm.sh/release-name'] !== undefined) return 'helm';
  if (labels['operator.istio.io/managed'] === undefined) return 'unknown';
  return operators.length > 0 ? 'operator' : 'istioctl';
}

/** The version is the tag of the image; a tag may name a variant of it (1.18.2-distroless). */
function versionOf(istiod: KubeObject): string | undefined {
  const tag = /:([^/:@]+)(@|$)/.exec(imageOf(istiod, 'pilot') ?? '')?.[1];
  const version = tag?.replace(/-(distroless|debug)$/, '');
  return version !== undefined && semver.valid(version) === version ? version : undefined;
}

function settingsOf(
  istiod: KubeObject,
  revision: string,
  objects: readonly KubeObject[],
  readYaml: ReadYaml,
): Settings | undefined {
  const namespace = istiod.metadata.namespace ?? '';
  const suffix = revisionSuffix(revision);
  const text = textAt(configMap(objects, namespace, `istio${suffix}`), 'data.mesh');
  if (text === '') return undefined;
  const config = readYaml(text);
  const injector = textAt(configMap(objects, namespace, `istio-sidecar-injector${suffix}`), 'data.values');
  const injected = injector === '' ? {} : readYaml(injector);
  if (!isFields(config) || !isFields(injected)) return undefined;
  const values = mapAt(injected, 'global');
  const labels = labelsOf(
    objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace) ?? istiod,
  );
  return {
    rootNamespace: textAt(config, 'rootNamespace') || namespace,
    trustDomain: textAt(config, 'trustDomain') || 'cluster.local',
    outbound: textAt(config, 'outboundTrafficPolicy.mode') || 'ALLOW_ANY',
    meshId: first(textAt(values, 'meshID'), textAt(config, 'defaultConfig.meshId')),
    network: first(String(labels['topology.istio.io/network'] ?? ''), textAt(values, 'network')),
    clusterName: first(envOf(istiod, 'CLUSTER_ID') ?? '', textAt(values, 'multiCluster.clusterName')),
    hub: /^(.+)\/pilot(:|@|$)/.exec(imageOf(istiod, 'pilot') ?? '')?.[1],
    others: Object.entries(config)
      .filter(([key]) => !carried.includes(key))
      .flatMap(([key, value]) => (key === 'defaultConfig' ? proxyKeys(value) : [key])),
  };
}

/** What the default configuration of proxies says beyond where its own control plane is. */
function proxyKeys(config: unknown): string[] {
  const own = ['discoveryAddress', 'meshId', 'holdApplicationUntilProxyStarts'];
  return Object.keys(isFields(config) ? config : {})
    .filter((key) => !own.includes(key))
    .map((key) => `defaultConfig.${key}`);
}

function first(...values: readonly string[]): string | undefined {
  return values.find((value) => value !== '');
}

function configMap(objects: readonly KubeObject[], namespace: string, name: string): Fields {
  return (
    objects.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.namespace === namespace && metadata.name === name,
    ) ?? {}
  );
}

function meshWidePeerAuthentication(objects: readonly KubeObject[], rootNamespace: string): string | undefined {
  const wide = ofKind(objects, 'PeerAuthentication').find(
    (object) =>
      object.metadata.namespace === rootNamespace &&
      Object.keys(mapAt(object, 'spec.selector.matchLabels')).length === 0,
  );
  return wide === undefined ? undefined : textAt(wide, 'spec.mtls.mode') || 'UNSET';
}

function isEntry({ metadata }: KubeObject, gateways: readonly FoundGateway[]): boolean {
  return gateways.some(
    ({ name, gateway }) => name === metadata.name && gateway.adopted.namespace === metadata.namespace,
  );
}

/** What selects pods by their labels. Istio's own resources stay their owner's: both installations read them. */
function policies(objects: readonly KubeObject[]): KubeObject[] {
  const kinds = ['RequestAuthentication', 'PeerAuthentication', 'AuthorizationPolicy', 'EnvoyFilter', 'Gateway'];
  const istio = [...kinds, 'Telemetry', 'WasmPlugin'].flatMap((kind) =>
    ofKind(objects, kind).filter(({ apiVersion }) => /^[a-z]+\.istio\.io\//.test(apiVersion)),
  );
  return [...istio, ...ofKind(objects, 'NetworkPolicy')];
}

function whyLeft(object: KubeObject): LeftAlone {
  const revision = labelsOf(object)['istio.io/rev'];
  if (object.kind === 'NetworkPolicy') return { what: nameOf(object), why: 'it holds for pods by their labels' };
  const why =
    revision === undefined
      ? 'both installations read it'
      : `only revision ${revision} reads it; ours needs one of its own`;
  return { what: nameOf(object), why };
}

function injectedNamespaces(objects: readonly KubeObject[]): InjectedNamespace[] {
  return ofKind(objects, 'Namespace').flatMap((object) => {
    const labels = labelsOf(object);
    const label = ['istio-injection', 'istio.io/rev'].find(
      (key) => ![undefined, 'disabled'].includes(labels[key] as string),
    );
    return label === undefined ? [] : [{ name: object.metadata.name, label: `${label}=${labels[label]}` }];
  });
}

function ofKind(objects: readonly KubeObject[], wanted: string): KubeObject[] {
  return objects.filter(({ kind }) => kind === wanted);
}

/** The image of a Deployment whose path ends with this name. */
function imageOf(deployment: KubeObject, name: string): string | undefined {
  return containers(deployment)
    .map((container) => textAt(container, 'image'))
    .find((image) => new RegExp(`(^|/)${name}(:|@|$)`).test(image));
}

function envOf(deployment: KubeObject, name: string): string | undefined {
  return containers(deployment)
    .flatMap((container) => listAt(container, 'env'))
    .filter((env) => at(env, 'name') === name)
    .map((env) => textAt(env, 'value'))[0];
}

function containers(deployment: KubeObject): readonly unknown[] {
  return listAt(deployment, 'spec.template.spec.containers');
}
