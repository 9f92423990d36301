import { engines } from '../catalog/catalog.js';
import { ingressGateways } from '../catalog/chosen-gateways.js';
import { entryService } from '../catalog/entry-service.js';
import { gatewayPorts } from '../catalog/gateway-ports.js';
import { istioApi } from '../catalog/istio-api.js';
import { gatewayKinds, platforms } from '../catalog/kinds.js';
import { gatewayNamespace, gatewayNamespaces, rootNamespace } from '../catalog/namespaces.js';
import { isAmbient } from '../catalog/node-agent.js';
import { isRendered } from '../catalog/rendered-charts.js';
import { sailNamespace } from '../catalog/sail-operator.js';
import { type FileSpec, fromTemplate } from '../model/file-spec.js';
import { gatewayAccount, istioLabel } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import { restart } from '../policy/waves.js';
import { architectureDiagram, istiodNamespaces, layersOf, namespacesOf } from './architecture.js';
import { named, table } from './markdown.js';
import { ownersLine } from './restarts.js';

/** A chapter: its file under docs/, what it is about, and what its template needs. */
interface Chapter {
  readonly name: string;
  readonly about: string;
  readonly data: object;
}

/** The chapters of this mesh, with its own names, beside the runbook and the one on configuration. */
export function chapters(mesh: Mesh): FileSpec[] {
  return chaptersOf(mesh).map(({ name, data }) =>
    fromTemplate(`docs/${name}.md`, 'managed', `templates/docs/${name}.md`, data),
  );
}

/** The table of contents of docs/, for the README. */
export function contents(mesh: Mesh): string {
  const others = [
    { name: 'configuration', about: 'what is set, who owns which setting, and which one wins' },
    { name: 'upgrading', about: 'the runbook: what each commit does, what to look at, how to go back' },
    ...(mesh.adopted === undefined
      ? []
      : [{ name: 'adopting', about: 'the way here from the Istio that was there before' }]),
  ];
  const [first, ...rest] = chaptersOf(mesh);
  const all = [...(first === undefined ? [] : [first]), ...others, ...rest];
  return table(
    ['chapter', 'what it says'],
    all.map(({ name, about }) => [`[${name}](docs/${name}.md)`, about]),
  );
}

/** Nothing in them follows the phase of an upgrade, so that the diff of a phase is the phase; a chapter that would say nothing here is left out. */
function chaptersOf(mesh: Mesh): Chapter[] {
  const revisions = Object.entries(mesh.revisions);
  const method = (name: string) => revisions.some(([, { install }]) => install === name);
  const { releaseFile, releaseKind, notes, shownBy } = engines[mesh.engine];
  const names = Object.keys(mesh.gateways);
  const gateway = names[0] ?? '';
  const [route] = ingressGateways(mesh);
  const gatewayHomes = named(gatewayNamespaces(mesh));
  const tags = [...new Set(Object.values(mesh.clusters).flatMap((cluster) => Object.keys(cluster.tags)))];
  const common = {
    engine: mesh.engine,
    branch: mesh.repository.branch,
    cluster: Object.keys(mesh.clusters)[0] ?? '',
    gateway,
    rootNamespace: rootNamespace(mesh),
    namespace: gatewayNamespace(mesh, gateway),
    label: istioLabel(gateway),
    sailNamespace,
  };
  const all: readonly (Chapter & { readonly when?: boolean })[] = [
    {
      name: 'architecture',
      about: 'how it fits together: a diagram, the layers, the namespaces, who owns what',
      data: {
        ...common,
        diagram: architectureDiagram(mesh),
        layers: layersOf(mesh),
        namespaces: namespacesOf(mesh),
        engineNamespace: shownBy.namespaces[0] ?? '',
      },
    },
    {
      name: 'control-plane',
      about: 'revisions and tags, how a namespace comes into the mesh, what all revisions share',
      data: {
        ...common,
        following: following(mesh, tags),
        enrol: isAmbient(mesh)
          ? 'kubectl label namespace NAMESPACE istio.io/dataplane-mode=ambient    # no pod restarts for it'
          : `kubectl label namespace NAMESPACE istio.io/rev=${tags[0] ?? 'default'} istio-injection-\n${restart('NAMESPACE')}`,
        trustDomain: mesh.trustDomain,
        meshId: mesh.meshId,
        istiods: istiodNamespaces(mesh),
        networks: networks(mesh),
      },
    },
    {
      name: 'install-operator',
      about: 'Istio by its operator: which file makes what, how to look, what to beware of',
      when: method('operator'),
      data: common,
    },
    {
      name: 'install-helm',
      about: 'Istio by its charts: the releases, how to look, what to beware of',
      when: revisions.some(([name, { install }]) => install === 'helm' && !isRendered(mesh, name)),
      data: { ...common, releaseFile, releaseKind, releases: `${releaseKind.toLowerCase()}s`, charts: mesh.charts },
    },
    {
      name: 'install-rendered',
      about: 'Istio by rendered charts: where the manifests and the list of images are',
      when: revisions.some(([name]) => isRendered(mesh, name)),
      data: common,
    },
    {
      name: 'install-sail',
      about: 'Istio by the Sail Operator: which file makes what, how to look, what to beware of',
      when: method('sail'),
      data: common,
    },
    {
      name: 'gateways',
      about: 'entry Services, who serves, addresses, ports, replicas',
      data: { ...common, gateways: gatewayTable(mesh), kinds: kinds(mesh), makers: makers(mesh), ...exposures(mesh) },
    },
    {
      name: 'routes',
      about: 'Gateway resources that outlive every upgrade, and certificates',
      when: route !== undefined,
      data: {
        ...common,
        gateway: route?.gateway,
        namespace: gatewayNamespace(mesh, route?.gateway ?? gateway),
        label: route?.istio,
        networking: istioApi(mesh, 'networking.istio.io'),
      },
    },
    {
      name: 'good-practices',
      about: 'what to do always and never, for the platform team and for the owners of workloads',
      data: {
        ...common,
        engineNotes: notes,
        gatewayNamespaces: gatewayHomes,
        membership: membership(mesh, tags),
        authorities: `the Secrets \`cacerts\` or \`istio-ca-secret\` in ${named([istiodNamespaces(mesh)])}: the root of trust`,
      },
    },
  ];
  return all.filter(({ when }) => when !== false);
}

/** How it is decided which control plane a workload follows. */
function following(mesh: Mesh, tags: readonly string[]): string {
  if (isAmbient(mesh))
    return 'ztunnel, on every node, serves all workloads, and follows the default revision: it moves in place with the phase default. Each gateway follows the revision that it is of. Tags are for waypoints, which are not of this repository.';
  const rows = [
    ...tags.map((tag) => [`\`istio.io/rev: ${tag}\``, `the tag \`${tag}\``]),
    ['`istio.io/rev: default` or `istio-injection: enabled`', 'the default'],
  ];
  return `Workloads never name a revision. A namespace carries the label of a *tag*, and the tag names the revision:\n\n${table(['a namespace with the label', 'follows'], rows)}\n\nA tag that moves changes nothing in pods that run: they follow when they restart.`;
}

/** What makes a workload a good member of the mesh, for its owners. */
function membership(mesh: Mesh, tags: readonly string[]): string {
  return isAmbient(mesh)
    ? '- Two replicas and a readiness probe: ztunnel restarts once in an upgrade, node by node.\n- Namespaces carry `istio.io/dataplane-mode: ambient`, and no label of injection.'
    : `- Two replicas, a PodDisruptionBudget and a readiness probe: each upgrade restarts the pods once.\n- Namespaces carry a tag (${named((tags.length === 0 ? ['default'] : tags).map((tag) => `istio.io/rev: ${tag}`))}), never a revision.${ownersLine(mesh)}`;
}

/** The clusters that share a network are told apart by nothing here, so each pair is named. */
function networks(mesh: Mesh): string {
  const pairs = Object.entries(mesh.clusters).map(([name, { network }]) => `\`${network}\` of ${name}`);
  return [...pairs.slice(0, 5), ...(pairs.length > 5 ? ['… (istio-prod.yaml)'] : [])].join(', ');
}

function gatewayTable(mesh: Mesh): string {
  return table(
    [
      'gateway and entry Service',
      'type',
      'namespace',
      'label of its pods',
      'identity (ServiceAccount)',
      'ports → pods',
    ],
    Object.entries(mesh.gateways).map(([name, gateway]) => [
      named([name]),
      entryService(mesh, name).spec.type,
      named([gatewayNamespace(mesh, name)]),
      `\`istio: ${istioLabel(name)}\``,
      named([gatewayAccount(mesh, name)]),
      gatewayPorts(gateway)
        .map(({ port, targetPort }) => `${port} → ${targetPort}`)
        .join(', '),
    ]),
  );
}

/** What each kind of gateway that is here is for. */
function kinds(mesh: Mesh): string {
  const what = {
    ingress: 'Its address is what your DNS names; routes are in [routes.md](routes.md).',
    egress:
      'No traffic takes it by itself: ServiceEntries, Gateways and VirtualServices of the teams lead hosts there, by the name of its Service.',
    eastwest:
      'The other clusters of the mesh call it on port 15443. It passes TLS through to the workload, so no certificate is its own, and it knows the network of its cluster.',
  } as const;
  return Object.entries(mesh.gateways)
    .map(([name, { kind }]) => `- \`${name}\` (${gatewayKinds[kind].title}). ${what[kind]}`)
    .join('\n');
}

/** How a gateway gets a private address: only some platforms are known to make one. */
function exposures(mesh: Mesh): { another: string; exposure: string } {
  const command = 'yo istio-prod:gateway NAME --kind ingress';
  return platforms[mesh.platform].loadBalancers === undefined
    ? {
        another: `${command}    # one more gateway`,
        exposure: 'the annotations that your cloud wants: `annotations` of the gateway in `istio-prod.yaml`',
      }
    : {
        another: `${command} --exposure internal    # one more gateway, with a private address`,
        exposure: '`exposure` of the gateway in `istio-prod.yaml`',
      };
}

/** Who makes the gateways: what holds before, in and after an upgrade, so no revision is named. */
function makers(mesh: Mesh): string {
  const injected =
    'A gateway is a plain Deployment in `revisions/<revision>/gateways/`, and istiod fills its container in when a pod starts (`image: auto`). So a new istiod must be ready before its gateways are; the layers see to that.';
  return Object.values(mesh.revisions).some(({ gateways }) => gateways === 'operator')
    ? `${injected} Where the [README](../README.md) says that gateways are by operator, it is an IstioOperator instead, and the Deployment that comes of it is not in Git.`
    : injected;
}
