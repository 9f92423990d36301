import { entryService } from '../catalog/entry-service.js';
import { gatewayPorts, lowPorts } from '../catalog/gateway-ports.js';
import { istioApi } from '../catalog/istio-api.js';
import { gatewayKinds } from '../catalog/kinds.js';
import { identity } from '../catalog/mesh-settings.js';
import { gatewayNamespace, gatewayNamespaces } from '../catalog/namespaces.js';
import { podSecurity } from '../catalog/pod-security.js';
import { minorFor } from '../catalog/versions.js';
import { adopted } from '../model/adopted.js';
import { type FileSpec, fromObject, fromTemplate, fromText } from '../model/file-spec.js';
import {
  appLabel,
  gatewayAccount,
  gatewayDeployment,
  gatewayOf,
  gatewayProxyConfig,
  istioLabel,
  listenersService,
} from '../model/gateway.js';
import { kustomization } from '../model/kustomization.js';
import type { Contribution } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import {
  clusterOf,
  controlPlaneNamespace,
  gatewayRevisions,
  revisionOf,
  switchedOffRevisions,
  versionLabel,
} from '../model/revision.js';
import { switchedOffGateways } from './gateways-off.js';
import { replicasContributions } from './replicas.js';

const uninjected = { proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' }, ...gatewayProxyConfig };

/** The folders of a gateway namespace, cut by layer: a base that two layers include does not build. */
export function gatewayBases(mesh: Mesh): FileSpec[] {
  return gatewayNamespaces(mesh).flatMap((namespace) => {
    const gateways = Object.keys(mesh.gateways).filter((gateway) => gatewayNamespace(mesh, gateway) === namespace);
    const crossing = gateways.filter((gateway) => kindOf(mesh, gateway).crossesNetworks);
    return [
      ...['identity', 'services', 'entry'].flatMap((part) => gatewayBase(mesh, namespace, part, gateways)),
      ...(crossing.length === 0 ? [] : gatewayBase(mesh, namespace, 'mesh', crossing)),
    ];
  });
}

/** One part of a gateway namespace: a file per gateway. */
function gatewayBase(mesh: Mesh, namespace: string, part: string, gateways: readonly string[]): FileSpec[] {
  const folder = `bases/${namespace}/${part}`;
  const resources = gateways.map((gateway) => `${gateway}.yaml`);
  return [
    fromObject(`${folder}/kustomization.yaml`, 'managed', kustomization({ resources })),
    ...gateways.map((gateway) =>
      fromTemplate(
        `${folder}/${gateway}.yaml`,
        'managed',
        `templates/bases/__gateway-namespace__/${part}/__gateway__.yaml`,
        {
          ...gatewayData(mesh, gateway),
          listeners: listenersService(gateway),
          role: `${gateway}-sds`,
          entry: entryService(mesh, gateway),
          apiVersion: istioApi(mesh, 'networking.istio.io'),
        },
      ),
    ),
  ];
}

/** The frozen files of one revision's gateways: a plain Deployment that istiod injects, or an IstioOperator. */
export function revisionGateways(mesh: Mesh, revision: string): FileSpec[] {
  const { version, gateways } = revisionOf(mesh, revision);
  return Object.keys(mesh.gateways).flatMap((gateway) => {
    const folder = `revisions/${revision}/gateways/${gateway}`;
    const template = 'overlays/revisions/__revision__/gateways/__gateway__';
    const data = { ...gatewayData(mesh, gateway), ...revisionData(mesh, gateway, revision) };
    return gateways === 'injected'
      ? [
          fromObject(
            `${folder}/kustomization.yaml`,
            'frozen',
            kustomization({ resources: ['deployment.yaml', 'hpa.yaml', 'pdb.yaml'] }),
          ),
          fromTemplate(`${folder}/deployment.yaml`, 'frozen', `${template}/deployment.yaml`, data),
          fromTemplate(`${folder}/hpa.yaml`, 'frozen', `${template}/hpa.yaml`, data),
          fromTemplate(`${folder}/pdb.yaml`, 'frozen', `${template}/pdb.yaml`, {
            ...data,
            policyApi: minorFor(version).policyApi,
          }),
        ]
      : [
          fromObject(`${folder}/kustomization.yaml`, 'frozen', kustomization({ resources: ['istio-operator.yaml'] })),
          fromTemplate(`${folder}/istio-operator.yaml`, 'frozen', `${template}/istio-operator.yaml`, data),
        ];
  });
}

/** What the gateways add to the layers of one cluster. */
export function gatewayContributions(mesh: Mesh, name: string): Contribution[] {
  const cluster = clusterOf(mesh, name);
  const gateways = Object.keys(mesh.gateways);
  const bases = (part: string) => gatewayNamespaces(mesh).map((namespace) => `bases/${namespace}/${part}`);
  return [
    { layer: '1-namespaces', resources: [...bases('namespace'), ...bases('identity'), ...bases('services')] },
    ...switchedOffGateways(mesh, name),
    ...gatewayRevisions(cluster).flatMap((revision) =>
      gateways.map((gateway) => inRevision(mesh, name, gateway, revision)),
    ),
    ...operatedSettings(mesh, name),
    { layer: '5-switch', resources: bases('entry') },
    {
      layer: '6-mesh',
      resources: gatewayNamespaces(mesh)
        .filter((namespace) =>
          gateways.some(
            (gateway) => gatewayNamespace(mesh, gateway) === namespace && kindOf(mesh, gateway).crossesNetworks,
          ),
        )
        .map((namespace) => `bases/${namespace}/mesh`),
    },
    ...replicasContributions(mesh, name),
    ...gateways.map((gateway) => entrySwitch(mesh, name, gateway)),
  ];
}

/** The selector patch: a switch is a change of this file alone. It replaces the whole selector, because a merge adds keys and selects nothing. */
function entrySwitch(mesh: Mesh, name: string, gateway: string): Contribution {
  const cluster = clusterOf(mesh, name);
  const selector = entrySelector(mesh, gateway, cluster.serves[gateway] ?? []);
  const pairs = Object.entries(selector).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const file = `${gateway}.selector.json`;
  const text = `[\n  {\n    "op": "replace",\n    "path": "/spec/selector",\n    "value": { ${pairs.join(', ')} }\n  }\n]\n`;
  const network = `${gateway}.network.yaml`;
  const crosses = kindOf(mesh, gateway).crossesNetworks;
  return {
    layer: '5-switch',
    files: [
      fromText(file, 'managed', text),
      ...(crosses
        ? [
            fromTemplate(network, 'managed', 'overlays/clusters/__cluster__/5-switch/__gateway__.network.yaml', {
              gateway,
              network: cluster.network,
            }),
          ]
        : []),
    ],
    patches: [
      { path: file, target: { kind: 'Service', name: gateway } },
      ...(crosses ? [{ path: network, target: { kind: 'Service', name: gateway } }] : []),
    ],
  };
}

/**
 * The selector of an entry Service: one revision (old or new), or both; of an adopted gateway the one that was found, until blend.
 *
 * Both is the shared label alone. Only ready pods get traffic, so it is safe whatever the order.
 */
export function entrySelector(mesh: Mesh, gateway: string, serves: readonly string[]): Record<string, string> {
  const shared = { istio: istioLabel(gateway) };
  const before = gatewayOf(mesh, gateway).adopted;
  if (before !== undefined && serves.join() === adopted) return before.selector;
  const [only, ...others] = serves;
  return only !== undefined && others.length === 0
    ? { ...shared, version: versionLabel(revisionOf(mesh, only).version) }
    : shared;
}

/** One revision's gateway in layer 4; an east-west gateway is told the network of its cluster. */
function inRevision(mesh: Mesh, name: string, gateway: string, revision: string): Contribution {
  const resources = [`revisions/${revision}/gateways/${gateway}`];
  if (!kindOf(mesh, gateway).crossesNetworks) return { layer: '4-gateways', resources };
  const deployment = gatewayDeployment(gateway, revision);
  const kind = revisionOf(mesh, revision).gateways === 'injected' ? 'Deployment' : 'IstioOperator';
  const file = `${deployment}.network.yaml`;
  const template = `overlays/clusters/__cluster__/4-gateways/__gateway__.network.${kind === 'Deployment' ? 'deployment' : 'istio-operator'}.yaml`;
  return {
    layer: '4-gateways',
    resources,
    files: [fromTemplate(file, 'managed', template, { deployment, network: clusterOf(mesh, name).network })],
    patches: [{ path: file, target: { kind, name: deployment } }],
  };
}

/** The mesh's settings for gateways that an operator makes: without injection nothing else tells them (istio/istio#33075). */
function operatedSettings(mesh: Mesh, name: string): Contribution[] {
  const cluster = clusterOf(mesh, name);
  const revisions = [...gatewayRevisions(cluster), ...switchedOffRevisions(cluster)];
  if (!revisions.some((revision) => revisionOf(mesh, revision).gateways === 'operator')) return [];
  return [
    {
      layer: '4-gateways',
      files: [
        fromTemplate('mesh.patch.yaml', 'managed', 'overlays/clusters/__cluster__/4-gateways/mesh.patch.yaml', {
          hub: mesh.hub,
          trustDomain: mesh.trustDomain,
          identity: identity(mesh, name, cluster),
        }),
      ],
      patches: [{ path: 'mesh.patch.yaml', target: { kind: 'IstioOperator' } }],
    },
  ];
}

function kindOf(mesh: Mesh, gateway: string) {
  return gatewayKinds[gatewayOf(mesh, gateway).kind];
}

function gatewayData(mesh: Mesh, gateway: string) {
  return {
    gateway,
    app: appLabel(mesh, gateway),
    account: gatewayAccount(mesh, gateway),
    namespace: gatewayNamespace(mesh, gateway),
    istioLabel: istioLabel(gateway),
    ports: gatewayPorts(gatewayOf(mesh, gateway)),
  };
}

function revisionData(mesh: Mesh, gateway: string, revision: string) {
  const { version } = revisionOf(mesh, revision);
  const { component } = kindOf(mesh, gateway);
  const discoveryAddress = `istiod-${revision}.${controlPlaneNamespace(mesh, revision)}.svc:15012`;
  const injects = minorFor(version).injectsGateways;
  return {
    revision,
    version,
    versionLabel: versionLabel(version),
    deployment: gatewayDeployment(gateway, revision),
    component,
    podSecurity: { ...podSecurity(version, 1337), ...lowPorts(gatewayOf(mesh, gateway)) },
    proxyConfig: JSON.stringify(gatewayProxyConfig),
    gatewayValues: {
      gateways: {
        [component === 'egressGateways' ? 'istio-egressgateway' : 'istio-ingressgateway']: {
          cpu: { targetAverageUtilization: 60 },
          ...(injects ? { injectionTemplate: 'gateway' } : {}),
        },
      },
      global: { istioNamespace: controlPlaneNamespace(mesh, revision) },
    },
    env: [
      // Before 1.10 nothing injects a gateway, so it must be told where its own revision's istiod is.
      ...(injects ? [] : [{ name: 'PROXY_CONFIG', value: JSON.stringify({ discoveryAddress, ...uninjected }) }]),
      { name: 'ISTIO_META_ROUTER_MODE', value: kindOf(mesh, gateway).crossesNetworks ? 'sni-dnat' : 'standard' },
    ],
  };
}
