import { engines } from '../catalog/catalog.js';
import { adopted, upgradeOf } from '../model/adopted.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { clusterOf } from '../model/revision.js';
import { firstOf } from '../model/words.js';
import type { LiveGateway, LiveMesh, Replicas } from './live-mesh.js';
import type { Workload } from './proxies.js';

/** Whatever in a cluster is not as the repository says, the worst first. What is not known is no finding. Pure. */
export function findings(mesh: Mesh, name: string, live: LiveMesh): Problem[] {
  const kubectl = `kubectl --context ${live.context}`;
  return [
    ...live.gateways.flatMap((gateway) => entryService(mesh, name, gateway, kubectl)),
    ...(live.controlPlanes ?? [])
      .filter(({ revision }) => revision !== mesh.adopted?.revision)
      .flatMap((each) => deployment('control-plane', `The control plane ${each.name}`, each, kubectl)),
    ...live.gateways.flatMap(({ revisions }) =>
      (revisions ?? []).flatMap((each) => deployment('gateway', `The gateway ${each.name}`, each, kubectl)),
    ),
    ...tags(mesh, name, live, kubectl),
    ...orphans(live, kubectl),
    ...engine(mesh, name, live, kubectl),
  ];
}

/** A workload that must restart to follow its tag, or whose namespace names a revision that is to go. */
export interface WorkloadToMove extends Workload {
  /** restart: its pods get `next` then. relabel: its namespace (or its pods) must name another revision first. */
  readonly todo: 'restart' | 'relabel';
}

/**
 * The workloads that still use another revision than they are to: the exact list of what must restart.
 *
 * Where a tag decides, its revision; a namespace that names a revision itself follows no tag, and must name one.
 */
export function toMove(
  mesh: Mesh,
  name: string,
  { workloads, tags: live, controlPlanes }: LiveMesh,
): WorkloadToMove[] | null {
  if (workloads === null || live === null) return null;
  const newest = clusterOf(mesh, name).revisions.at(-1);
  const ready = new Set(controlPlanes?.filter((each) => each.ready > 0).map(({ revision }) => revision));
  const tagged = new Set(live.map(({ tag }) => tag));
  return workloads.flatMap((workload): WorkloadToMove[] => {
    const { revision, next, asksFor } = workload;
    const follows = tagged.has(asksFor) || asksFor === newest;
    if (follows && next === revision) return [];
    return [{ ...workload, todo: follows && next !== null && ready.has(next) ? 'restart' : 'relabel' }];
  });
}

/** The command that moves a workload. */
export function moveCommand({ namespace, kind, name, todo }: WorkloadToMove, context: string, tag: string): string {
  const kubectl = `kubectl --context ${context}`;
  if (todo === 'relabel') return `${kubectl} label namespace ${namespace} istio.io/rev=${tag} --overwrite`;
  return ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)
    ? `${kubectl} -n ${namespace} rollout restart ${kind.toLowerCase()}/${name}`
    : `${kubectl} -n ${namespace} get ${kind.toLowerCase()} ${name}    # make its pods anew in the way of a ${kind}`;
}

function entryService(mesh: Mesh, name: string, gateway: LiveGateway, kubectl: string): Problem[] {
  const { service, namespace, endpoints } = gateway;
  if (service === null) return [];
  const at = `${kubectl} -n ${namespace}`;
  if (!service.there) {
    return [
      {
        rule: 'entry-service',
        message: `There is no entry Service ${gateway.gateway}: nothing comes in.`,
        fix: `${at} get services`,
      },
    ];
  }
  const wanted = clusterOf(mesh, name).serves[gateway.gateway] ?? [];
  const selects = service.selects.filter((revision) => upgradeOf(clusterOf(mesh, name)).includes(revision));
  const problems: Problem[] = [];
  if (endpoints === 0) {
    problems.push({
      rule: 'no-endpoints',
      message: `The entry Service ${gateway.gateway} has no ready endpoint: every request fails.`,
      fix: `${at} get pods -l istio=${gateway.gateway.replace(/^istio-/, '')} -L version    # does its selector match a ready pod?`,
    });
  }
  // A third revision that only the repository holds is not here, so it is not selected.
  if (selects.toSorted().join() !== wanted.toSorted().join()) {
    problems.push({
      rule: 'selector-differs',
      message: `The entry Service ${gateway.gateway} selects ${words(selects)}, and the repository says ${words(wanted)}.`,
      fix: `Wait for ${mesh.engine}, which moves it last; if it stays so: ${at} get service ${gateway.gateway} -o yaml`,
    });
  }
  if (service.takesAddress && service.addresses.length === 0) {
    problems.push({
      rule: 'no-address',
      message: `The entry Service ${gateway.gateway} has no address of a load balancer.`,
      fix: `${at} describe service ${gateway.gateway}`,
    });
  }
  return problems;
}

function deployment(what: string, title: string, each: Replicas, kubectl: string): Problem[] {
  const { name, namespace, wanted, there, ready, replicas } = each;
  if (!wanted) {
    return there
      ? [
          {
            rule: `${what}-left`,
            message: `${title} is there, and the repository does not have it.`,
            fix: `Wait for the delivery engine, which takes it away last; if it stays so: ${kubectl} -n ${namespace} describe deployment ${name}`,
          },
        ]
      : [];
  }
  if (ready >= replicas && ready > 0) return [];
  return [
    {
      rule: `${what}-not-ready`,
      message: there ? `${title} has ${ready} of ${replicas} replicas ready.` : `${title} is not there.`,
      fix: there
        ? `${kubectl} -n ${namespace} describe deployment ${name}`
        : `Wait for the delivery engine; if it stays so: ${kubectl} -n ${namespace} get deployments`,
    },
  ];
}

function tags(mesh: Mesh, name: string, { tags: live }: LiveMesh, kubectl: string): Problem[] {
  if (live === null) return [];
  const cluster = clusterOf(mesh, name);
  const named = cluster.default === adopted ? cluster.tags : { default: cluster.default, ...cluster.tags };
  return Object.entries(named).flatMap(([tag, wanted]) => {
    const names = live.find((each) => each.tag === tag)?.revision;
    if (names === wanted) return [];
    return [
      {
        rule: 'tag-differs',
        message: `The tag ${tag} names ${names ?? 'nothing'}, and the repository says ${wanted}.`,
        fix: `Wait for ${mesh.engine}; if it stays so: ${kubectl} get mutatingwebhookconfiguration istio-revision-tag-${tag} --show-labels`,
      },
    ];
  });
}

/** Proxies whose control plane is not there: they keep what they have, and learn nothing new. */
function orphans({ workloads, controlPlanes }: LiveMesh, kubectl: string): Problem[] {
  if (workloads === null || controlPlanes === null) return [];
  const there = new Set(controlPlanes.filter((each) => each.there).map(({ revision }) => revision));
  const lost = workloads.filter(({ revision }) => !there.has(revision));
  const [first] = lost;
  if (first === undefined) return [];
  return [
    {
      rule: 'no-control-plane',
      message: `${counted(lost.length, 'workload')} of ${words([...new Set(lost.map(({ revision }) => revision))])} have no control plane here: ${some(lost)}.`,
      fix: `Restart them, once their namespaces name a tag: ${kubectl} -n ${first.namespace} rollout restart ${first.kind.toLowerCase()}/${first.name}`,
    },
  ];
}

function engine(mesh: Mesh, name: string, { engine: states }: LiveMesh, kubectl: string): Problem[] {
  const { shownBy, unhang } = engines[mesh.engine];
  return (states ?? [])
    .filter(({ settled }) => !settled)
    .map((each) => ({
      rule: 'not-synced',
      message: `${mesh.engine}: ${each.name} is ${each.state}.`,
      fix: `${kubectl} -n ${shownBy.namespaces[0]} describe ${shownBy.what} ${each.name}    # if it waits for what never comes: ${unhang(name)[0]?.replace(/ +#.*/, '')}`,
    }));
}

/** At most five workloads by name. */
export function some(workloads: readonly Workload[]): string {
  return firstOf(
    workloads.map(({ namespace, kind, name }) => `${namespace}/${kind.toLowerCase()}/${name}`),
    5,
  );
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function words(revisions: readonly string[]): string {
  return revisions.length === 0 ? 'none' : revisions.join(' and ');
}
