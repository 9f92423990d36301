import { gatewayNamespace } from '../catalog/namespaces.js';
import { gatewayDeployment } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { clusterOf, controlPlaneNamespace, revisionOf, versionLabel } from '../model/revision.js';
import { only } from '../model/words.js';
import { counted, some } from './findings.js';
import { connected, connectedAtLeast, known, unknowns } from './known.js';
import { liveMesh } from './live-mesh.js';
import { calls } from './proxies.js';
import type { KindName, Snapshot } from './snapshot.js';

/** What says whether a revision is used: all of it must be known. */
const evidence: readonly KindName[] = [
  'pods',
  'namespaces',
  'deployments',
  'services',
  'tags',
  'validators',
  'envoyFilters',
  'gateways',
  'operators',
];

/**
 * Why a revision may not lose its next part in a cluster: what uses it there, and what is left of the part before. Pure.
 *
 * What could not be read is `usage-unknown`, one problem a reason: unknown is never unused (istio-ecosystem/sail-operator#1322).
 */
export function usageProblems(mesh: Mesh, name: string, revision: string, snapshot: Snapshot): Problem[] {
  const live = liveMesh(mesh, name, snapshot);
  const where = `${only(mesh, name)} --context ${snapshot.context}`;
  const again = `then run yo istio-prod:retire ${revisionOf(mesh, revision).version}${where} again`;
  const uses = [
    ...proxies(revision, where, live, again),
    ...connections(mesh, name, revision, snapshot, again),
    ...live.gateways.flatMap(({ gateway, service }) =>
      service?.selects.includes(revision)
        ? [
            {
              message: `The entry Service ${gateway} still selects ${revision}: the cluster has not carried out the cut.`,
              fix: `Push it and wait: yo istio-prod:status${where}; ${again}`,
            },
          ]
        : [],
    ),
    ...namespaces(revision, live, snapshot.context, again),
    ...webhooks(revision, snapshot, again),
    ...resources(mesh, revision, snapshot, again),
    ...left(mesh, name, revision, snapshot, again),
  ];
  return [
    ...uses.map(({ message, fix }) => ({ rule: 'revision-in-use', message: `Cluster ${name}: ${message}`, fix })),
    ...unknowns(snapshot, [...evidence]).map(({ message, fix }) => ({
      rule: 'usage-unknown',
      message: `Cluster ${name}: whether ${revision} is used is not known. ${message}`,
      fix: `${fix}; or, if you have looked yourself, add --force usage-unknown`,
      forcible: true,
    })),
  ];
}

type Use = Pick<Problem, 'message' | 'fix'>;

function proxies(revision: string, where: string, { workloads }: ReturnType<typeof liveMesh>, again: string): Use[] {
  const users = workloads?.filter((workload) => workload.revision === revision) ?? [];
  if (users.length === 0) return [];
  return [
    {
      message: `${counted(users.length, 'workload')} with proxies of ${revision}: ${some(users)}.`,
      fix: `Restart them, as yo istio-prod:status${where} lists them; ${again}`,
    },
  ];
}

/**
 * When its gateways are gone, nothing may be connected to a control plane that goes: what is left is no pod of this cluster
 * (a virtual machine, another cluster), or has no annotation. Where no istiod was asked, the pods' word is what there is.
 */
function connections(mesh: Mesh, name: string, revision: string, snapshot: Snapshot, again: string): Use[] {
  const own = connectedAtLeast(snapshot, revision);
  if (clusterOf(mesh, name).retiring?.[revision] !== 'gateways' || own === 0) return [];
  const istioctl = `istioctl --context ${snapshot.context} --istioNamespace ${controlPlaneNamespace(mesh, revision)}`;
  return [
    {
      message: `${connected(snapshot, revision) === null ? 'At least ' : ''}${own} ${own === 1 ? 'proxy is' : 'proxies are'} connected to istiod-${revision} by its own word.`,
      fix: `Look which, and that virtual machines and pods that end are not forgotten: ${istioctl} proxy-status; ${again}`,
    },
  ];
}

function namespaces(
  revision: string,
  { namespaces: labelled }: ReturnType<typeof liveMesh>,
  context: string,
  again: string,
): Use[] {
  const pinned = labelled?.filter(({ label }) => label === revision).map(({ name }) => name) ?? [];
  if (pinned.length === 0) return [];
  return [
    {
      message: `${counted(pinned.length, 'namespace')} labelled istio.io/rev=${revision}, where new pods would not start: ${pinned.join(', ')}.`,
      fix: `kubectl --context ${context} label namespace ${pinned.join(' ')} istio.io/rev=TAG --overwrite; ${again}`,
    },
  ];
}

/** Tags and the default validator; what the revision brought itself goes with it. */
function webhooks(revision: string, snapshot: Snapshot, again: string): Use[] {
  const istiod = `istiod-${revision}`;
  const named = ['tags', 'validators'] as const;
  return named.flatMap((kind) =>
    (known(snapshot, kind) ?? [])
      .filter(({ metadata: { name } }) => !belongs(name, revision))
      .filter((webhook) => calls(webhook, istiod) || webhook.metadata.labels?.['istio.io/rev'] === revision)
      .map(({ metadata }) => ({
        message: `${kind === 'tags' ? `The tag ${metadata.labels?.['istio.io/tag'] ?? metadata.name}` : `The validator ${metadata.name}`} still points at ${revision}.`,
        fix: `Push the commits that move it, workloads and default, and wait for the cluster; ${again}`,
      })),
  );
}

/** Istio resources that pick this revision's pods, or that only its istiod reads. */
function resources(mesh: Mesh, revision: string, snapshot: Snapshot, again: string): Use[] {
  const label = versionLabel(revisionOf(mesh, revision).version);
  const picks = (labels: Readonly<Record<string, string>> = {}) =>
    labels['version'] === label || labels['istio.io/rev'] === revision;
  const kinds = [
    ['EnvoyFilter', known(snapshot, 'envoyFilters')],
    ['Gateway', known(snapshot, 'gateways')],
  ] as const;
  return kinds.flatMap(([kind, objects]) =>
    (objects ?? [])
      .filter(({ metadata: { name } }) => !belongs(name, revision))
      .filter(
        ({ spec, metadata }) =>
          picks(spec?.selector) ||
          picks(spec?.workloadSelector?.labels) ||
          (kind === 'Gateway' && metadata.labels?.['istio.io/rev'] === revision),
      )
      .map(({ metadata: { namespace, name } }) => ({
        message: `${kind} ${namespace}/${name} holds for ${revision} only.`,
        fix: `Let it select the label istio alone, or make one for the new version and take this one away; ${again}`,
      })),
  );
}

/** Each part goes when the part before is gone: an operator must outlive what it made, and a control plane its gateways. */
function left(mesh: Mesh, name: string, revision: string, snapshot: Snapshot, again: string): Use[] {
  const gone = clusterOf(mesh, name).retiring?.[revision];
  if (gone === undefined) return [];
  const deployments = known(snapshot, 'deployments') ?? [];
  const there = (namespace: string, deployment: string) =>
    deployments.some(({ metadata }) => metadata.name === deployment && metadata.namespace === namespace);
  const gateways = Object.keys(mesh.gateways);
  const ofGateways = (object: string) => gateways.some((gateway) => gatewayDeployment(gateway, revision) === object);
  const names = [
    ...gateways
      .map((gateway) => [gatewayNamespace(mesh, gateway), gatewayDeployment(gateway, revision)] as const)
      .filter(([namespace, deployment]) => there(namespace, deployment))
      .map(([namespace, deployment]) => `Deployment ${namespace}/${deployment}`),
    ...(gone === 'control-plane' && there(controlPlaneNamespace(mesh, revision), `istiod-${revision}`)
      ? [`Deployment ${controlPlaneNamespace(mesh, revision)}/istiod-${revision}`]
      : []),
    // Deleted later than its control plane, an IstioOperator of an old operator stays for ever: there is no istiod to ask.
    ...(gone === 'gateway-pods' ? [] : (known(snapshot, 'operators') ?? []))
      .filter(({ metadata }) => (gone === 'gateways' ? ofGateways : belongs)(metadata.name, revision))
      .map(({ metadata }) => `IstioOperator ${metadata.namespace}/${metadata.name}`),
  ];
  if (names.length === 0) return [];
  return [
    {
      message: `What the step before took out of the repository is still there: ${names.join(', ')}.`,
      fix: `Push that step and wait until it is gone; ${again}`,
    },
  ];
}

/** Objects of a revision are named after it: they are part of it, and no use of it. */
function belongs(name: string, revision: string): boolean {
  return new RegExp(`(^|-)${revision}(-|$)`).test(name) && !name.startsWith('istio-revision-tag-');
}
