import { type KubeObject, labelsOf } from '../model/kube-object.js';
import { connect } from './client.js';
import { pages } from './read-snapshot.js';
import type { Unknown } from './snapshot.js';
import { Unread } from './unread.js';

/** A kind that is read, where it is served: the newest version first. Those of `mayBeMissing` are no part of every cluster. */
interface Kind {
  readonly kind: string;
  readonly what: string;
  readonly versions: readonly string[];
  readonly mayBeMissing?: true;
}

const core: readonly Kind[] = [
  { kind: 'Namespace', what: 'namespaces', versions: ['v1'] },
  { kind: 'Service', what: 'services', versions: ['v1'] },
  { kind: 'Deployment', what: 'deployments.apps', versions: ['apps/v1'] },
  { kind: 'DaemonSet', what: 'daemonsets.apps', versions: ['apps/v1'] },
  { kind: 'NetworkPolicy', what: 'networkpolicies.networking.k8s.io', versions: ['networking.k8s.io/v1'] },
  ...['Mutating', 'Validating'].map((each) => ({
    kind: `${each}WebhookConfiguration`,
    what: `${each.toLowerCase()}webhookconfigurations.admissionregistration.k8s.io`,
    versions: ['admissionregistration.k8s.io/v1'],
  })),
];

const istio: readonly Kind[] = [
  ['Gateway', 'gateways.networking.istio.io'],
  ['EnvoyFilter', 'envoyfilters.networking.istio.io'],
  ['PeerAuthentication', 'peerauthentications.security.istio.io'],
  ['RequestAuthentication', 'requestauthentications.security.istio.io'],
  ['AuthorizationPolicy', 'authorizationpolicies.security.istio.io'],
  ['Telemetry', 'telemetries.telemetry.istio.io'],
  ['WasmPlugin', 'wasmplugins.extensions.istio.io'],
].map(([kind = '', what = '']) => {
  const group = what.slice(what.indexOf('.') + 1);
  const versions = ['v1', 'v1beta1', 'v1alpha3', 'v1alpha1'].map((version) => `${group}/${version}`);
  return { kind, what, versions, mayBeMissing: true };
});

/**
 * Reads what tells an installation of Istio, read only: lists, and no Secrets. All of it, or why there is none: what could
 * not be read might be what matters.
 */
export async function readObjects(context: string): Promise<readonly KubeObject[] | Unknown> {
  try {
    const client = await connect(context);
    const list = async ({ kind, what, versions, mayBeMissing }: Kind, namespace = ''): Promise<KubeObject[]> => {
      for (const version of versions) {
        const prefix = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
        const path = `${prefix}${namespace === '' ? '' : `/namespaces/${namespace}`}/${what.split('.')[0]}`;
        try {
          const items = await pages(client, path, { what, paths: [path] }, 500);
          return items.map((item) => ({ apiVersion: version, kind, ...item }) as unknown as KubeObject);
        } catch (error) {
          if (!(error instanceof Unread) || error.unknown.reason !== 'kind-missing') throw error;
          if (version === versions.at(-1) && mayBeMissing !== true) throw error;
        }
      }
      return [];
    };
    const objects = (await Promise.all([...core, ...istio].map((kind) => list(kind)))).flat();
    const planes = objects.filter((object) => object.kind === 'Deployment' && labelsOf(object)['app'] === 'istiod');
    const namespaces = [...new Set(planes.map(({ metadata }) => metadata.namespace ?? ''))];
    const configMap: Kind = { kind: 'ConfigMap', what: 'configmaps', versions: ['v1'] };
    const configMaps = await Promise.all(namespaces.map((namespace) => list(configMap, namespace)));
    return [...objects, ...configMaps.flat()];
  } catch (error) {
    if (error instanceof Unread) return error.unknown;
    throw error;
  }
}
