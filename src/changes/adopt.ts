import { defaultSettings } from '../catalog/config.js';
import { istioMinors, minorFor, minorOf } from '../catalog/versions.js';
import { adopted } from '../model/adopted.js';
import {
  type EngineName,
  type InstallName,
  type Mesh,
  meshSchema,
  type PlatformName,
  type Revision,
} from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { revisionName } from '../model/revision.js';
import { checkAdoptable } from '../policy/adopt/check-adoptable.js';
import type { Found, Installation } from '../policy/adopt/installation.js';
import { notKnown, whichOne } from '../policy/adopt/not-known.js';
import { checkMesh } from '../policy/check-mesh.js';
import { withSharedCharts } from '../policy/shared-charts.js';
import {
  checkRevision,
  checkSkew,
  checkVersion,
  gatewayMaker,
  installOf,
  minorsBetween,
  newestOf,
  newestVersion,
} from '../policy/versions.js';
import { bootstrap } from './bootstrap.js';
import { withoutForced } from './step.js';

/** What a person may answer beside what was found; all of it may be left out but what no cluster says. */
export interface AdoptRequest {
  readonly engine: EngineName;
  readonly platform: PlatformName;
  readonly repository: Mesh['repository'];
  readonly version?: string | undefined;
  readonly install?: InstallName | undefined;
  readonly render: boolean;
  readonly cluster?: string | undefined;
  readonly hub?: string | undefined;
  readonly charts?: string | undefined;
  /** Which of several control planes; where there is one, left out. */
  readonly foundRevision?: string | undefined;
  /** Its version, where its image does not say it. */
  readonly foundVersion?: string | undefined;
  /** The objects that the gateways were found among, for what else selects their pods. */
  readonly found: Found;
  readonly forced: ReadonlySet<string>;
}

/**
 * The mesh of a repository that stands beside an Istio that is there: its first revision is dark, every entry Service is as
 * it was found, and nothing of the old installation is the repository's. All reasons against it at once.
 */
export function adopt(request: AdoptRequest): { readonly mesh: Mesh } | { readonly problems: readonly Problem[] } {
  const { found, foundRevision } = request;
  const chosen =
    foundRevision === undefined
      ? found.installations
      : found.installations.filter(({ revision }) => revision === foundRevision);
  const [installation, ...others] = chosen;
  if (found.installations.length === 0 && foundRevision === undefined && !found.traces) return fresh(request);
  if (installation === undefined || others.length > 0) return { problems: whichOne(found, foundRevision) };
  const old = { ...installation, version: request.foundVersion ?? installation.version };
  const { settings } = old;
  if (old.version === undefined || settings === undefined || found.unknown.length > 0)
    return { problems: notKnown(old, found.unknown) };
  if (checkVersion(old.version).length > 0) return { problems: checkVersion(old.version) };

  const { version, install } = newRevision(request, old, old.version);
  const name = revisionName(version);
  const revision: Revision = {
    version,
    install,
    ...(request.render && install === 'helm' ? { charts: 'rendered' } : {}),
    gateways: gatewayMaker(version),
  };
  const problems = withoutForced(
    [
      ...checkVersion(version),
      ...checkRevision(revision),
      ...(checkVersion(version).length > 0 ? [] : skewBeside(old.version, version)),
      ...checkAdoptable(old, found, { name, revision, engine: request.engine }),
    ],
    request.forced,
  );
  if (problems.length > 0) return { problems };
  return checked(meshOf(request, old, old.version, settings, name, revision));
}

/** As far as in an upgrade; the way there is another first version, since there is no repository to go on with. */
function skewBeside(old: string, version: string): Problem[] {
  return checkSkew('', old, version).map((problem) => ({
    ...problem,
    message: `The old installation runs ${old}; ${version} is ${problem.rule === 'downgrade' ? 'older' : 'more than one minor ahead'}.`,
    fix: 'Leave --istio-version away, or name a later patch release of the same minor, or one of the next',
  }));
}

/** Where there is no Istio yet, a repository like any other, whose mesh shuts nobody out while workloads come in. */
function fresh(request: AdoptRequest): { readonly mesh: Mesh } | { readonly problems: readonly Problem[] } {
  const install = request.install ?? (request.render ? 'helm' : installOf(request.version ?? newestVersion('helm')));
  const result = bootstrap({
    engine: request.engine,
    platform: request.platform,
    repository: request.repository,
    version: request.version ?? newestVersion(install),
    install,
    render: request.render,
    gateways: ['ingress'],
    gatewayNamespaces: 'shared',
    controlPlaneNamespaces: 'shared',
    clusters: [request.cluster ?? 'production'],
    hub: request.hub ?? 'docker.io/istio',
    charts: request.charts,
  });
  return 'mesh' in result ? { mesh: { ...result.mesh, adopting: true } } : result;
}

function meshOf(
  { engine, platform, repository, cluster, hub, charts, found }: AdoptRequest,
  old: Installation,
  version: string,
  settings: NonNullable<Installation['settings']>,
  name: string,
  revision: Revision,
) {
  const known = cluster ?? settings.clusterName;
  // What Istio calls a cluster that nobody named.
  const clusterName = known === undefined || known === 'Kubernetes' ? 'production' : known;
  // As many pods as serve now, with room for as many again: what the old autoscaler makes at most was not read.
  const gateways = found.gateways.map(
    ({ name, gateway, replicas }) =>
      [name, replicas * 2 > 5 ? { ...gateway, maxReplicas: replicas * 2 } : gateway] as const,
  );
  const more = found.gateways.filter(({ replicas }) => replicas > 2);
  return {
    engine,
    platform,
    repository,
    ...((hub ?? settings.hub) ? { hub: hub ?? settings.hub } : {}),
    ...(charts === undefined ? {} : { charts }),
    ...(settings.meshId === undefined ? {} : { meshId: settings.meshId }),
    ...(old.cni ? { cni: true } : {}),
    trustDomain: settings.trustDomain,
    namespaces: {
      controlPlane: 'shared',
      gateways: 'shared',
      ...(settings.rootNamespace === 'istio-config' ? {} : { root: settings.rootNamespace }),
    },
    adopting: true,
    adopted: {
      version,
      install: old.install,
      revision: old.revision,
      tags: old.tags,
      namespace: old.namespace,
      releases: old.releases,
      ...(old.mtls === undefined ? {} : { peerAuthentication: 'kept' }),
    },
    revisions: { [name]: revision },
    gateways: Object.fromEntries(gateways),
    config: defaultSettings([]),
    clusters: {
      [clusterName]: {
        network: settings.network ?? clusterName,
        revisions: [name],
        default: adopted,
        tags: { [freeTag(found.tags)]: name },
        serves: Object.fromEntries(gateways.map(([gateway]) => [gateway, [adopted]])),
        ...(more.length === 0
          ? {}
          : {
              minReplicas: Object.fromEntries(more.map((each) => [each.name, { [name]: each.replicas }])),
            }),
      },
    },
  };
}

function checked(raw: object): { readonly mesh: Mesh } | { readonly problems: readonly Problem[] } {
  const parsed = meshSchema.safeParse(raw);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map(({ path, message }) => ({
        rule: 'invalid-answer',
        message: `What was found, or answered, for ${path.join('.')} ${message}.`,
        fix: 'Give another by its option (--help), or adopt that part by hand: write istio-prod.yaml and start with --from',
      })),
    };
  }
  const clusters = Object.entries(parsed.data.clusters).map(([each, cluster]) => [
    each,
    withSharedCharts(parsed.data, cluster),
  ]);
  const mesh = { ...parsed.data, clusters: Object.fromEntries(clusters) as Mesh['clusters'] };
  const problems = checkMesh(mesh);
  return problems.length > 0 ? { problems } : { mesh };
}

/** The version beside the old one: the newest patch of its minor, or the next minor where a revision of that name is there. */
function newRevision(
  { version, install, render }: AdoptRequest,
  old: Installation,
  from: string,
): { readonly version: string; readonly install: InstallName } {
  const by = (each: string): InstallName =>
    install ??
    (render || ((old.takesAllOperators || old.install === 'helm') && minorFor(each).charts) ? 'helm' : installOf(each));
  const newest = (minors: number) => {
    const minor = istioMinors.find(({ latest }) => minorsBetween(from, latest) === minors);
    return minor === undefined ? undefined : newestOf(by(minor.latest), minor);
  };
  const same = newest(0);
  const taken = same === undefined || revisionName(same) === old.revision || minorOf(same) !== minorOf(from);
  const wanted = version ?? (taken ? newest(1) : same) ?? from;
  return { version: wanted, install: checkVersion(wanted).length > 0 ? 'operator' : by(wanted) };
}

/** A tag that nobody has: to take over a tag moves its workloads. */
function freeTag(taken: readonly string[]): string {
  const names = ['prod', 'istio-prod', ...taken.map((_, at) => `istio-prod-${at + 2}`)];
  return names.find((name) => !taken.includes(name)) ?? 'istio-prod';
}
