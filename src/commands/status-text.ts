import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { counted } from '../cluster/findings.js';
import type { LiveGateway, LiveGatewayRevision, LiveMesh, Replicas } from '../cluster/live-mesh.js';
import { adopted, isAdopting } from '../model/adopted.js';
import { idle } from '../model/gateway.js';
import type { Mesh } from '../model/mesh.js';
import { gatewayRevisions } from '../model/revision.js';
import type { Progress } from '../policy/progress.js';
import type { ClusterStatus, Status } from './status-report.js';

/** What could not be looked at. */
const unknown = pc.yellow('?');

/** A status for people: tables, then what is wrong, then what is not known, and last what to type. */
export function statusText(mesh: Mesh, { clusters, support }: Status): string {
  return clusters.map((cluster) => clusterText(mesh, cluster, support).join('\n\n')).join('\n\n\n');
}

function clusterText(mesh: Mesh, cluster: ClusterStatus, support: Status['support']): string[] {
  const { name, live, upgrade, findings, next } = cluster;
  const title = live === null ? 'by the repository alone' : `context ${live.context}, ${live.readAt}`;
  return [
    `${pc.bold(name)}  ${pc.dim(title)}\n${upgrade === null ? 'No upgrade is under way.' : upgradeText(upgrade)}\n${supportText(mesh, cluster, support)}`,
    revisions(mesh, cluster),
    gateways(mesh, cluster),
    ...addresses(cluster),
    tags(cluster),
    ...engine(mesh, live),
    ...workloads(cluster),
    ...problems(pc.red('✖'), findings),
    ...problems(unknown, live?.unknown ?? []),
    ...problems(pc.dim('·'), live?.unasked ?? []),
    `${pc.bold('Next')}\n${next.map((line) => `  ${line}`).join('\n')}`,
  ];
}

function upgradeText({ from, to, reached, left, givenUp }: Progress): string {
  const what = givenUp ? `${from} was given up, ${to} stays` : `Upgrade ${from} → ${to}`;
  return `${what}: ${pc.bold(reached)} is done.\nLeft: ${left.length === 0 ? 'nothing' : left.join(', ')}.`;
}

/** Until when each version gets fixes. */
function supportText(mesh: Mesh, { repository }: ClusterStatus, support: Status['support']): string {
  const words = repository.revisions.map((revision) => {
    const { supported = true, endOfSupport = null } = support[revision] ?? {};
    const version = mesh.revisions[revision]?.version ?? revision;
    if (!supported) return `${version} ${pc.yellow(`ended on ${endOfSupport}`)}`;
    return `${version} ${endOfSupport === null ? 'has no end yet' : `ends on ${endOfSupport}`}`;
  });
  return `Support of ${words.join(', of ')}.`;
}

function revisions(mesh: Mesh, { repository, live }: ClusterStatus): string {
  const proxies = (revision: string) => {
    if (live === null || live.workloads === null) return unknown;
    const own = live.workloads.filter((workload) => workload.revision === revision);
    const pods = own.reduce((sum, workload) => sum + workload.pods, 0);
    return pods === 0 ? '0' : `${counted(pods, 'pod')} of ${counted(own.length, 'workload')}`;
  };
  const asked = live?.controlPlanes?.some(({ connected }) => connected !== null) === true;
  const connected = (revision: string) =>
    String(live?.controlPlanes?.find((each) => each.revision === revision)?.connected ?? unknown);
  const names = new Set([
    ...repository.revisions,
    ...(live?.controlPlanes?.map(({ revision }) => revision) ?? []),
    ...(live?.workloads?.map(({ revision }) => revision) ?? []),
  ]);
  const rows = [...names].map((revision) => {
    const known = mesh.revisions[revision];
    const gone = repository.retiring?.[revision];
    return [
      revision,
      known?.version ?? pc.yellow('not in the repository'),
      known?.install ?? '',
      gone ?? '',
      ...(live === null ? [] : [readyText(live.controlPlanes, revision), proxies(revision)]),
      ...(asked ? [connected(revision)] : []),
    ];
  });
  const retires = rows.some(([, , , gone]) => gone !== '');
  const head = ['REVISION', 'VERSION', 'INSTALL', 'RETIRED', ...(live === null ? [] : ['CONTROL PLANE', 'PROXIES'])];
  return table(
    [[...head, ...(asked ? ['CONNECTED'] : [])], ...rows].map((row) =>
      retires ? row : row.filter((_, at) => at !== 3),
    ),
  );
}

function gateways(mesh: Mesh, { repository, live }: ClusterStatus): string {
  const rows = Object.keys(mesh.gateways).flatMap((gateway) => {
    const own = live?.gateways.find((each) => each.gateway === gateway);
    // What was there before the repository serves until the cut; its pods are nobody's here.
    const before = mesh.gateways[gateway]?.adopted !== undefined && isAdopting(repository) ? [adopted] : [];
    const here = [...before, ...gatewayRevisions(repository)];
    const found = own?.revisions?.map(({ revision }) => revision) ?? [];
    return [...new Set([...here, ...found])].map((revision, at) => [
      at === 0 ? gateway : '',
      revision,
      here.includes(revision) ? serves(here, repository.serves[gateway] ?? [], revision) : pc.dim('gone'),
      ...(own === undefined
        ? []
        : [selected(own, here, revision), readyText(own.revisions, revision), endpoints(own, revision)]),
    ]);
  });
  const head = ['GATEWAY', 'REVISION', 'REPOSITORY'];
  return table([[...head, ...(live === null ? [] : ['CLUSTER', 'PODS', 'READY ENDPOINTS'])], ...rows]);
}

/** Apart from the gateways, since the names of load balancers are long. */
function addresses({ live }: ClusterStatus): string[] {
  if (live === null) return [];
  return [table([['ENTRY SERVICE', 'ADDRESS'], ...live.gateways.map((own) => [own.gateway, address(own)])])];
}

function tags({ repository, live }: ClusterStatus): string {
  const rows = Object.entries({ default: repository.default, ...repository.tags }).map(([tag, revision]) => {
    if (live === null) return [tag, revision];
    const names = live.tags?.find((each) => each.tag === tag)?.revision ?? 'nothing';
    const users = live.namespaces?.filter(({ label }) => label === tag).length;
    return [
      tag,
      revision,
      live.tags === null ? unknown : names === revision ? names : pc.red(names),
      users === undefined ? unknown : String(users),
    ];
  });
  return table([['TAG', 'REPOSITORY', ...(live === null ? [] : ['CLUSTER', 'NAMESPACES'])], ...rows]);
}

function engine(mesh: Mesh, live: LiveMesh | null): string[] {
  if (live === null) return [];
  const title = mesh.engine.toUpperCase();
  if (live.engine === null) return [table([[title], [unknown]])];
  const rows = live.engine.map(({ name, revision, state, settled }) => [
    name,
    revision.slice(0, 12),
    settled ? state : pc.red(state),
  ]);
  return [table([[title, 'COMMIT', 'STATE'], ...rows])];
}

/** All of them: what must restart is a list that a person works through. */
function workloads({ workloads: moving }: ClusterStatus): string[] {
  if (moving === null || moving.length === 0) return [];
  const rows = moving.map(({ namespace, kind, name, pods, revision, next, todo }) => [
    namespace,
    `${kind.toLowerCase()}/${name}`,
    String(pods),
    revision,
    todo === 'restart' ? `restart, for ${next}` : 'name a tag by the label istio.io/rev, and restart',
  ]);
  return [table([['NAMESPACE', 'WORKLOAD', 'PODS', 'PROXIES OF', 'TO DO'], ...rows])];
}

function problems(sign: string, list: readonly { readonly message: string; readonly fix: string }[]): string[] {
  if (list.length === 0) return [];
  return [list.map(({ message, fix }) => `${sign} ${message}\n  ${pc.cyan('→')} ${fix}`).join('\n')];
}

function serves(here: readonly string[], serving: readonly string[], revision: string): string {
  return serving.includes(revision) ? pc.bold('serves') : pc.dim(idle(here, serving, revision));
}

function selected({ service }: LiveGateway, here: readonly string[], revision: string): string {
  if (service === null) return unknown;
  return service.there ? serves(here, service.selects, revision) : pc.red('no Service');
}

function endpoints({ revisions: live, endpoints: all }: LiveGateway, revision: string): string {
  if (revision === adopted && all !== null && live !== null)
    return String(all - live.reduce((sum, each) => sum + (each.endpoints ?? 0), 0));
  return String(live?.find((each) => each.revision === revision)?.endpoints ?? unknown);
}

function address({ service }: LiveGateway): string {
  if (service === null) return unknown;
  if (!service.there) return pc.red('not there');
  return service.addresses.join(', ') || (service.takesAddress ? pc.red('none') : 'inside only');
}

function readyText(list: readonly (Replicas & { readonly revision: string })[] | null, revision: string): string {
  if (revision === adopted) return pc.dim('not ours');
  if (list === null) return unknown;
  const found: LiveGatewayRevision | (Replicas & { readonly revision: string }) | undefined = list.find(
    (each) => each.revision === revision,
  );
  if (found === undefined || (!found.wanted && !found.there)) return pc.dim('gone');
  if (!found.there) return pc.red('not there');
  const text = `${found.ready}/${found.replicas} ready`;
  return found.ready > 0 && found.ready >= found.replicas ? text : pc.red(text);
}

/** Columns as wide as what is in them, as kubectl prints them; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const width = (cell: string) => stripVTControlCharacters(cell).length;
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => width(row[at] ?? ''))));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line, at) => (at === 0 ? pc.dim(line) : line)).join('\n');
}
