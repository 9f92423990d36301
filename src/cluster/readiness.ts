import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { revisionOf } from '../model/revision.js';
import { only } from '../model/words.js';
import { counted } from './findings.js';
import { unknowns } from './known.js';
import { type LiveGatewayRevision, liveMesh } from './live-mesh.js';
import type { KindName, Snapshot } from './snapshot.js';

/** What says whether gateways can take the traffic: all of it must be known. */
const evidence: readonly KindName[] = ['deployments', 'services', 'endpointSlices', 'pods', 'autoscalers'];

/** What a check of the gateways comes to. `unknown`: something could not be read, so nobody knows. */
export interface Readiness {
  readonly problems: readonly Problem[];
  readonly unknown: readonly Problem[];
}

/** The command that asked, and is run again when its fix is done. */
export type Again = 'revision' | 'rollback';

/**
 * Whether the gateways of a revision can take the traffic of a cluster now: all ready, and as many as serve. Pure.
 *
 * An autoscaler starts at its minimum, and the old gateways may have grown far beyond: a switch to fewer pods overloads them.
 */
export function readiness(mesh: Mesh, name: string, revision: string, snapshot: Snapshot, asked: Again): Readiness {
  const unknown = unknowns(snapshot, [...evidence]).map(({ message, fix }) => ({ rule: 'live-unknown', message, fix }));
  const command = asked === 'rollback' ? asked : `${asked} ${revisionOf(mesh, revision).version}`;
  const again = `then run yo istio-prod:${command} --check${only(mesh, name)} --context ${snapshot.context} again`;
  const problems = liveMesh(mesh, name, snapshot).gateways.flatMap(({ gateway, revisions, service }) => {
    if (revisions === null) return [];
    const own = revisions.find((each) => each.revision === revision);
    const others = revisions.filter((each) => each.revision !== revision && service?.selects.includes(each.revision));
    const kubectl = `kubectl --context ${snapshot.context} -n ${own?.namespace ?? ''}`;
    const where = `Cluster ${name}, gateway ${gateway}`;
    if (own === undefined || !own.there) {
      return [
        {
          rule: 'gateways-not-ready',
          message: `${where}: ${revision} has no pods there.`,
          fix: `${asked === 'rollback' ? 'Wait for the delivery engine' : `Take --through ${mesh.upgrade.order === 'workloads-first' ? 'workloads' : 'add'}, push it and wait`}: yo istio-prod:status${only(mesh, name)} --context ${snapshot.context}; ${again}`,
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
    const more = { serving, of: others.filter(({ endpoints }) => (endpoints ?? 0) > 0).map((each) => each.revision) };
    return own.ready < serving ? [lessCapacity(where, name, gateway, own, more, asked, again)] : [];
  });
  return { problems, unknown };
}

function lessCapacity(
  where: string,
  name: string,
  gateway: string,
  own: LiveGatewayRevision,
  { serving, of }: { readonly serving: number; readonly of: readonly string[] },
  asked: Again,
  again: string,
): Problem {
  const { revision, ready, most } = own;
  const short = `${where}: ${revision} has ${counted(ready, 'ready pod')}, and ${counted(serving, 'ready endpoint')} of ${of.join(' and ')} ${serving === 1 ? 'serves' : 'serve'} now.`;
  if (most !== null && most < serving) {
    return {
      rule: 'less-capacity',
      message: `${short} Its autoscaler stops at ${most}.`,
      fix: `Set gateways.${gateway}.maxReplicas to ${serving * 2}, or to what it had before, in istio-prod.yaml, run yo istio-prod, push, and ${again}`,
    };
  }
  return {
    rule: 'less-capacity',
    message: `${short} An autoscaler starts at its minimum and grows only under load.`,
    fix: `Set clusters.${name}.minReplicas.${gateway}.${revision}: ${serving} in istio-prod.yaml, run yo istio-prod, push, wait until ${serving} are ready; ${again}. ${asked === 'rollback' ? 'Take it out again when the load has gone down' : 'The phase default gives it back'}`,
  };
}
