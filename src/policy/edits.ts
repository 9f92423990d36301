import { switchesGatewaysOff } from '../catalog/operator-deletions.js';
import { own } from '../model/maps.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { revisionOf } from '../model/revision.js';
import { checkDisruption } from './check-config.js';
import { checkDefinitions } from './definitions.js';
import { checkLoadBalancers } from './entry-services.js';
import { checkSwitchedOff, checkWatched } from './gateway-deletion.js';
import { checkRemovedPorts } from './gateways.js';
import { checkNodeAgent } from './node-agent.js';
import { checkRendered } from './rendered.js';
import { checkRestarts } from './restarts.js';
import { checkSkew } from './versions.js';

/** What a person's edit of istio-prod.yaml must not do to a mesh that runs. `before` is the mesh that was written last. */
export function checkEdit(before: Mesh, after: Mesh): Problem[] {
  return [
    ...checkSettled(before, after),
    ...checkRendered(before, after),
    ...checkDefinitions(before, after),
    ...checkLoadBalancers(before, after),
    ...checkNodeAgent(before, after),
    ...checkTrustDomain(before, after),
    ...checkRemoved(before, after),
    ...checkSwitchedOff(before, after),
    ...checkWatched(before, after),
    ...checkRemovedPorts(before, after),
    ...checkTags(before, after),
    ...checkRestarts(before, after),
    ...checkEngine(before, after),
    ...checkBlend(before, after),
    ...checkMixed(before, after),
    ...checkSteps(before, after),
    ...checkDisruption(before, after),
  ];
}

/**
 * Objects cannot move to another namespace, and a revision is frozen: an edit of these would delete what serves and make
 * it anew somewhere else.
 */
function checkSettled(before: Mesh, after: Mesh): Problem[] {
  const keys = [
    ...differing(before.namespaces, after.namespaces, 'namespaces.'),
    ...((before.dataPlane ?? 'sidecar') === (after.dataPlane ?? 'sidecar') ? [] : ['dataPlane']),
    ...differing(before.revisions, after.revisions, 'revisions.'),
    ...differing(kinds(before), kinds(after), 'gateways.'),
  ];
  return keys.map((key) => ({
    rule: 'settled',
    message: `${key} of istio-prod.yaml has changed; live objects are named after it.`,
    fix: key.startsWith('revisions.')
      ? 'Put the old value back, and add another version with yo istio-prod:revision'
      : 'Put the old value back',
  }));
}

/** Ports follow from the kind, and with the namespace from what was adopted; the rest of a gateway may change. */
function kinds({ gateways }: Mesh): Record<string, string> {
  return Object.fromEntries(
    Object.entries(gateways).map(([name, { kind, namespace, adopted }]) => [
      name,
      JSON.stringify({ kind, namespace, adopted }),
    ]),
  );
}

/** Proxies that run keep certificates of the old trust domain until they rotate, and policies that name it stop matching. */
function checkTrustDomain(before: Mesh, after: Mesh): Problem[] {
  if (before.trustDomain === after.trustDomain) return [];
  return [
    {
      rule: 'trust-domain',
      message: `trustDomain has changed from ${before.trustDomain} to ${after.trustDomain}: until every proxy has a new certificate, old and new ones refuse each other.`,
      fix: 'Put it back, or make the old one an alias first (meshConfig.trustDomainAliases, in custom/3-control-planes of every cluster) and take --force trust-domain',
      forcible: true,
    },
  ];
}

/** What leaves the mesh stops serving. Entry Services are protected from pruning, and stay behind without pods. */
function checkRemoved(before: Mesh, after: Mesh): Problem[] {
  const gone = (kind: 'gateways' | 'clusters') =>
    Object.keys(before[kind]).filter((name) => !Object.hasOwn(after[kind], name));
  return [
    ...gone('gateways').map((name) => ({
      rule: 'gateway-in-use',
      message: `Gateway ${name} is taken out of istio-prod.yaml: its pods go, and its entry Service stays without any.`,
      fix: `Leave it in, or, once nothing sends traffic there, take --force gateway-in-use and delete the Services ${name} and ${name}-listeners by hand`,
      forcible: true,
    })),
    ...gone('clusters').map((name) => ({
      rule: 'cluster-in-use',
      message: `Cluster ${name} is taken out of istio-prod.yaml: what syncs it loses its folder.`,
      fix: `Leave it in, or first delete in ${name} what syncs it (its mesh goes on running), and take --force cluster-in-use`,
      forcible: true,
    })),
  ];
}

/** A tag that leaves is not pruned: it goes on naming its revision, and once that has left, no pod of its namespaces starts. */
function checkTags(before: Mesh, after: Mesh): Problem[] {
  return Object.entries(after.clusters).flatMap(([name, { tags }]) =>
    Object.keys(own(before.clusters, name)?.tags ?? {})
      .filter((tag) => !Object.hasOwn(tags, tag))
      .map((tag) => ({
        rule: 'tag-in-use',
        message: `The tag ${tag} of cluster ${name} is taken out of istio-prod.yaml, and namespaces may still carry it.`,
        fix: `Leave it in, or, once this names no namespace, take --force tag-in-use: kubectl get namespaces -l istio.io/rev=${tag}`,
        forcible: true,
      })),
  );
}

/** What syncs the clusters now would go on with files that are no longer made for it. */
function checkEngine(before: Mesh, after: Mesh): Problem[] {
  if (before.engine === after.engine) return [];
  return [
    {
      rule: 'engine-in-use',
      message: `engine has changed from ${before.engine} to ${after.engine}, and ${before.engine} still syncs the clusters.`,
      fix: `Finish the upgrade that is under way, delete in every cluster what hands it to ${before.engine} (the mesh goes on running), and take --force engine-in-use`,
      forcible: true,
    },
  ];
}

/** From one revision to another in one step, all old endpoints go before a load balancer has found the new ones. */
function checkBlend(before: Mesh, after: Mesh): Problem[] {
  const formerly = (name: string, gateway: string) => own(own(before.clusters, name)?.serves ?? {}, gateway);
  return Object.entries(after.clusters).flatMap(([name, { serves }]) =>
    Object.entries(serves)
      .filter(([gateway, serving]) => {
        const former = formerly(name, gateway);
        return former !== undefined && !former.some((revision) => serving.includes(revision));
      })
      .map(([gateway, serving]) => ({
        rule: 'skip-blend',
        message: `${gateway} in cluster ${name} would go from ${formerly(name, gateway)?.join(', ')} to ${serving.join(', ')} in one step.`,
        fix: 'Let both serve first, or take --force skip-blend',
        forcible: true,
      })),
  );
}

/** A reviewer must see a phase alone: a commit changes settings or a phase, never both. */
function checkMixed(before: Mesh, after: Mesh): Problem[] {
  const phase = changedPaths(phaseState(before, after), phaseState(after, before));
  const settings = changedPaths(settingsState(before), settingsState(after));
  if (phase.length === 0 || settings.length === 0) return [];
  return [
    {
      rule: 'mixed-change',
      message: `istio-prod.yaml changes settings (${settings.join(', ')}) and a phase of an upgrade (${phase.join(', ')}).`,
      fix: 'Take one of them back, run yo istio-prod, and then do the other',
    },
  ];
}

/** An edit by hand goes no faster than the commands: one minor at a time, and a revision goes in the steps of retire. */
function checkSteps(before: Mesh, after: Mesh): Problem[] {
  return Object.entries(after.clusters).flatMap(([name, cluster]) => {
    const former = own(before.clusters, name);
    const newest = former?.revisions.at(-1);
    if (former === undefined || newest === undefined) return [];
    const from = revisionOf(before, newest).version;
    const gained = cluster.revisions.filter((revision) => !former.revisions.includes(revision));
    const lost = former.revisions.filter((revision) => !cluster.revisions.includes(revision));
    return [
      ...gained.flatMap((revision) => checkSkew(name, from, revisionOf(after, revision).version)),
      ...lost
        .filter((revision) => former.retiring?.[revision] !== 'control-plane')
        .map((revision) => ({
          rule: 'retire-steps',
          message: `Cluster ${name} loses ${revision} in one step; an operator that goes with what it made leaves it behind for ever.`,
          fix: `Put it back, and take it away in steps: yo istio-prod:retire ${revision}`,
        })),
      ...Object.entries(cluster.retiring ?? {})
        .filter(([revision, gone]) => former.retiring?.[revision] === undefined && gone !== 'gateway-pods')
        .filter(
          ([revision]) => former.revisions.includes(revision) && switchesGatewaysOff(revisionOf(before, revision)),
        )
        .map(([revision]) => ({
          rule: 'retire-steps',
          message: `Cluster ${name} loses the gateways of ${revision} before they are switched off; its operator leaves their pods behind.`,
          fix: `Put them back, and take them away in steps: yo istio-prod:retire ${revision}`,
        })),
    ];
  });
}

/** The paths at which two values differ, in the form a.b.c; at most as deep as both are maps. */
export function changedPaths(before: unknown, after: unknown, path = ''): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isMap(before) || !isMap(after)) return [path];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    changedPaths(before[key], after[key], path === '' ? key : `${path}.${key}`),
  );
}

/** What says where an upgrade is: of the clusters and gateways that both meshes have. */
function phaseState(mesh: Mesh, other: Mesh): object {
  const clusters = Object.entries(mesh.clusters).filter(([name]) => Object.hasOwn(other.clusters, name));
  return { clusters: Object.fromEntries(clusters.map(([name, cluster]) => [name, phaseOf(cluster, mesh, other)])) };
}

/** A raised minimum moves no traffic: it may come with the maximum that it needs. */
function phaseOf({ network: _, minReplicas: _least, ...cluster }: Cluster, mesh: Mesh, other: Mesh): object {
  const common = Object.entries(cluster.serves).filter(
    ([name]) => Object.hasOwn(mesh.gateways, name) && Object.hasOwn(other.gateways, name),
  );
  return { ...cluster, serves: Object.fromEntries(common) };
}

function settingsState({ revisions: _, clusters, ...settings }: Mesh): object {
  return {
    ...settings,
    clusters: Object.fromEntries(Object.entries(clusters).map(([name, { network }]) => [name, { network }])),
  };
}

/** The keys that both have with different values; what was removed is no change. */
function differing(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  prefix: string,
): string[] {
  return Object.keys(before)
    .filter((key) => Object.hasOwn(after, key) && JSON.stringify(after[key]) !== JSON.stringify(before[key]))
    .map((key) => prefix + key);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
