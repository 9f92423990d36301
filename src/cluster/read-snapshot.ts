import { engines } from '../catalog/catalog.js';
import { controlPlaneNamespaces, gatewayNamespaces } from '../catalog/namespaces.js';
import { sailNamespace, usesSail } from '../catalog/sail-operator.js';
import type { Mesh } from '../model/mesh.js';
import { type Client, connect } from './client.js';
import { readIstiods } from './read-istiods.js';
import type { KindName, Listed, MetadataOnly, Snapshot, Unknown } from './snapshot.js';
import { Unread, unknownOf } from './unread.js';

/** Objects in one answer; the rest is asked for page by page. */
const pageSize = 500;
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** Where a kind is served. */
interface Place {
  /** The kind as `kubectl get` names it. */
  readonly what: string;
  /** Its paths, the newest version first: older Kubernetes serve an older one. */
  readonly paths: readonly string[];
  /** Left out: all namespaces. */
  readonly namespaces?: readonly string[];
  readonly metadataOnly?: true;
  readonly query?: string;
  /** It is one object and no list. */
  readonly single?: true;
}

/** What a snapshot is for: that decides what is read. `gateways`: who can take the traffic, and nothing of proxies. */
export type Purpose = 'status' | 'gateways' | 'retire' | 'verify';

/** Reads what `status` and the checks need of a cluster. Never throws: what could not be read says so, and why. */
export async function readSnapshot(context: string, mesh: Mesh, purpose: Purpose, page = pageSize): Promise<Snapshot> {
  const kinds = purpose === 'verify' ? settingsOf(mesh) : placesOf(mesh, purpose === 'retire');
  const readAt = new Date().toISOString();
  try {
    const client = await connect(context);
    const lists: Snapshot['lists'] = Object.fromEntries(
      await Promise.all(kinds.map(async ([kind, place]) => [kind, await list(client, place, page)] as const)),
    );
    if (lists.pods === undefined || purpose === 'gateways') return { context, readAt, lists };
    const namespaces = controlPlaneNamespaces(mesh, Object.keys(mesh.revisions));
    return { context, readAt, lists: { ...lists, istiods: await readIstiods(client, lists.pods, namespaces) } };
  } catch (error) {
    const unknown = whyUnread(error);
    return { context, readAt, lists: Object.fromEntries(kinds.map(([kind]) => [kind, { unknown }])) };
  }
}

/** Everything that is read: lists only, so that the right to get and list is enough. */
function placesOf(mesh: Mesh, retiring: boolean): (readonly [KindName, Place])[] {
  const gateways = gatewayNamespaces(mesh);
  const controlPlanes = controlPlaneNamespaces(mesh, Object.keys(mesh.revisions));
  const istio = (kind: string) => [`/apis/networking.istio.io/v1alpha3/${kind}`];
  return [
    ['namespaces', { what: 'namespaces', paths: ['/api/v1/namespaces'], metadataOnly: true }],
    [
      'pods',
      {
        what: 'pods',
        paths: ['/api/v1/pods'],
        metadataOnly: true,
        // The pods of a Job that has ended have no proxy any more.
        query: 'fieldSelector=status.phase!=Succeeded,status.phase!=Failed',
      },
    ],
    ['deployments', deploymentsIn([...controlPlanes, ...gateways])],
    ['services', { what: 'services', paths: ['/api/v1/services'], namespaces: gateways }],
    [
      'endpointSlices',
      {
        what: 'endpointslices.discovery.k8s.io',
        // v1 from Kubernetes 1.21 on.
        paths: ['/apis/discovery.k8s.io/v1/endpointslices', '/apis/discovery.k8s.io/v1beta1/endpointslices'],
        namespaces: gateways,
      },
    ],
    [
      'autoscalers',
      {
        what: 'horizontalpodautoscalers.autoscaling',
        paths: ['/apis/autoscaling/v1/horizontalpodautoscalers'],
        namespaces: gateways,
      },
    ],
    [
      'tags',
      {
        what: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
        paths: ['/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations'],
      },
    ],
    ['engine', engines[mesh.engine].shownBy],
    ...(retiring
      ? ([
          [
            'validators',
            {
              what: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
              paths: ['/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'],
            },
          ],
          ['envoyFilters', { what: 'envoyfilters.networking.istio.io', paths: istio('envoyfilters') }],
          ['gateways', { what: 'gateways.networking.istio.io', paths: istio('gateways') }],
          [
            'operators',
            {
              what: 'istiooperators.install.istio.io',
              paths: ['/apis/install.istio.io/v1alpha1/istiooperators'],
              metadataOnly: true,
            },
          ],
        ] as const)
      : []),
  ];
}

/** What `verify` needs: which cluster it is, and what no file says of it. */
function settingsOf(mesh: Mesh): (readonly [KindName, Place])[] {
  const controlPlanes = controlPlaneNamespaces(mesh, Object.keys(mesh.revisions));
  return [
    ['deployments', deploymentsIn([...controlPlanes, ...(usesSail(mesh) ? [sailNamespace] : [])])],
    ['version', { what: '/version', paths: ['/version'], single: true }],
    [
      'definitions',
      {
        what: 'customresourcedefinitions.apiextensions.k8s.io',
        paths: ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions'],
        metadataOnly: true,
      },
    ],
    ...(mesh.engine === 'argo-cd'
      ? ([
          [
            'settings',
            {
              what: 'configmaps/argocd-cm',
              paths: ['/api/v1/configmaps'],
              namespaces: ['argocd'],
              // So the right to read this one is enough.
              query: 'fieldSelector=metadata.name%3Dargocd-cm',
            },
          ],
        ] as const)
      : []),
  ];
}

function deploymentsIn(namespaces: readonly string[]): Place {
  return { what: 'deployments.apps', paths: ['/apis/apps/v1/deployments'], namespaces };
}

async function list(client: Client, place: Place, page: number): Promise<Listed<never>> {
  const namespaced = (path: string) =>
    place.namespaces?.map((namespace) => path.replace(/\/([^/]+)$/, `/namespaces/${namespace}/$1`)) ?? [path];
  try {
    for (const path of place.paths) {
      try {
        if (place.single) return { items: [(await client.get(path, place.what)) as never] };
        const all = await Promise.all(namespaced(path).map((each) => pages(client, each, place, page)));
        return { items: all.flat() as never[] };
      } catch (error) {
        if (whyUnread(error).reason !== 'kind-missing') throw error;
      }
    }
    return { unknown: unknownOf('kind-missing', client.context, [place.what]) };
  } catch (error) {
    return { unknown: whyUnread(error) };
  }
}

/** One list, page by page, all of one moment: the API server keeps the first page's for some minutes. */
export async function pages(client: Client, path: string, { what, query, metadataOnly: partly }: Place, page: number) {
  const items: MetadataOnly[] = [];
  let rest = '';
  do {
    const asked = [query, `limit=${page}`, rest === '' ? undefined : `continue=${encodeURIComponent(rest)}`];
    const url = `${path}?${asked.filter((part) => part !== undefined).join('&')}`;
    const answer = (await client.get(url, what, partly ? metadataOnly : undefined)) as {
      readonly items?: readonly MetadataOnly[];
      readonly metadata?: { readonly continue?: string };
    };
    items.push(...(answer.items ?? []).map(withoutNoise));
    rest = answer.metadata?.continue ?? '';
  } while (rest !== '');
  return items;
}

/** Half of an answer is who wrote which field last; nothing here looks at it. */
function withoutNoise(object: MetadataOnly): MetadataOnly {
  const { managedFields: _, ...metadata } = object.metadata as MetadataOnly['metadata'] & { managedFields?: unknown };
  return { ...object, metadata };
}

/** Why something was not read; what is no Unread is a bug, and goes on. */
function whyUnread(error: unknown): Unknown {
  if (error instanceof Unread) return error.unknown;
  throw error;
}
