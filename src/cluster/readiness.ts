import { adopted } from '../model/adopted.js';
import { gatewayOf } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { scaleUpTo } from '../model/replicas.js';
import { only } from '../model/words.js';
import { counted } from './findings.js';
import { known, unknowns } from './known.js';
import { type LiveGateway, liveMesh } from './live-mesh.js';
import type { Deployment, KindName, Snapshot } from './snapshot.js';

/** What says whether gateways can take the traffic: all of it must be known. */
const evidence: readonly KindName[] = ['deployments', 'services', 'endpointSlices', 'pods', 'autoscalers'];

/** What a check of the gateways comes to. `unknown`: something could not be read, so nobody knows. */
export interface Readiness {
  readonly problems: readonly Problem[];
  readonly unknown: readonly Problem[];
  /** Per gateway that is ready and has too few pods, how many serve now: a problem of the rule less-capacity each. */
  readonly short: Readonly<Record<string, number>>;
}

/** The command that asked, and is run again when its fix is done. */
export interface Asked {
  readonly by: 'revision' | 'rollback';
  /** All of it, as it is to be typed: yo istio-prod:rollback --check --context NAME. */
  readonly command: string;
}

/**
 * Whether the gateways of a revision can take the traffic of a cluster now: all ready, and as many as serve. Pure.
 *
 * An autoscaler starts at its minimum, and the old gateways may have grown far beyond: a switch to fewer pods overloads them.
 */
export function readiness(mesh: Mesh, name: string, revision: string, snapshot: Snapshot, asked: Asked): Readiness {
  const unknown = unknowns(snapshot, [...evidence]).map(({ message, fix }) => ({ rule: 'live-unknown', message, fix }));
  const again = `then run ${asked.command} again`;
  const short: Record<string, number> = {};
  const problems = liveMesh(mesh, name, snapshot).gateways.flatMap((live) => {
    const { gateway, revisions, service } = live;
    // A gateway that came later has nothing that was there before, and no way back to it.
    if (revisions === null || (revision === adopted && gatewayOf(mesh, gateway).adopted === undefined)) return [];
    const all = [...foundBefore(mesh, live, snapshot), ...revisions];
    const own = all.find((each) => each.revision === revision);
    const others = all.filter((each) => each.revision !== revision && service?.selects.includes(each.revision));
    const kubectl = `kubectl --context ${snapshot.context} -n ${own?.namespace ?? ''}`;
    const where = `Cluster ${name}, gateway ${gateway}`;
    if (own === undefined || !own.there) {
      return [
        {
          rule: 'gateways-not-ready',
          message: `${where}: ${revision} has no pods there.`,
          fix: `${asked.by === 'rollback' ? 'Wait for the delivery engine' : `Take --through ${mesh.upgrade.order === 'workloads-first' ? 'workloads' : 'add'}, push it and wait`}: yo istio-prod:status${only(mesh, name)} --context ${snapshot.context}; ${again}`,
        },
      ];
    }
    if (own.ready === 0 || own.ready < own.replicas) {
      return [
        {
          rule: 'gateways-not-ready',
          message: `${where}: ${own.ready} of ${counted(own.replicas, 'pod')} of ${revision} ready.`,
          fix: `${kubectl} describe deployment ${own.name}; ${again}`,
        },
      ];
    }
    const serving = others.reduce((sum, { endpoints }) => sum + (endpoints ?? 0), 0);
    if (own.ready >= serving) return [];
    if (revision !== adopted) short[gateway] = serving;
    const of = others.filter(({ endpoints }) => (endpoints ?? 0) > 0).map((each) => each.revision);
    const { most } = own;
    return [
      {
        rule: 'less-capacity',
        message: `${where}: ${revision} has ${counted(own.ready, 'ready pod')}, and ${counted(serving, 'ready endpoint')} of ${of.join(' and ')} ${serving === 1 ? 'serves' : 'serve'} now. ${most !== null && most < serving ? `Its autoscaler stops at ${most}.` : 'An autoscaler starts at its minimum and grows only under load.'}`,
        fix:
          revision === adopted
            ? `Let its owner make it ${serving}: ${kubectl} scale deployment ${own.name} --replicas=${serving}, or the minimum of its autoscaler; ${again}`
            : moreCapacity(mesh, name, gateway, revision, serving, asked, snapshot.context),
      },
    ];
  });
  return { problems, unknown, short };
}

/** The pods of a gateway that were there before this repository, all their Deployments as one; none where it was not adopted. */
function foundBefore(mesh: Mesh, { gateway, namespace, endpoints, revisions }: LiveGateway, snapshot: Snapshot) {
  const { deployments: names = [] } = gatewayOf(mesh, gateway).adopted ?? {};
  const found = (known(snapshot, 'deployments') ?? []).filter(
    ({ metadata }) => metadata.namespace === namespace && names.includes(metadata.name),
  );
  const [name] = names;
  if (name === undefined) return [];
  const ours = (revisions ?? []).reduce((sum, each) => sum + (each.endpoints ?? 0), 0);
  const sum = (count: (deployment: Deployment) => number | undefined) =>
    found.reduce((all, each) => all + (count(each) ?? 0), 0);
  return [
    {
      revision: adopted,
      name,
      namespace,
      there: found.length > 0,
      ready: sum(({ status }) => status?.readyReplicas),
      replicas: sum(({ spec }) => spec.replicas ?? 1),
      endpoints: endpoints === null ? null : endpoints - ours,
      most: null,
    },
  ];
}

/** The option that raises it in the repository, with what it writes there; or, where that was done, what to wait for. */
function moreCapacity(
  mesh: Mesh,
  name: string,
  gateway: string,
  revision: string,
  serving: number,
  { by, command }: Asked,
  context: string,
): string {
  const least = `clusters.${name}.minReplicas.${gateway}.${revision}`;
  const { minReplicas, maxReplicas } = scaleUpTo(mesh, name, gateway, revision, serving);
  if (minReplicas === undefined)
    return `${least} asks for as many: push it, wait until ${serving} are ready (yo istio-prod:status${only(mesh, name)} --context ${context}), and run ${command} again`;
  const both = `${least}: ${minReplicas}${maxReplicas === undefined ? '' : ` and gateways.${gateway}.maxReplicas: ${maxReplicas}`}`;
  const what = maxReplicas === undefined ? 'it' : 'the minimum';
  const back =
    by === 'rollback'
      ? `Take ${what} out again when the load has gone down`
      : `The first step of retire gives ${what} back`;
  return `Type ${command} --scale-up: one commit sets ${both} in istio-prod.yaml, and no traffic moves. Push it, wait until ${serving} are ready, and type the same again. ${back}`;
}
