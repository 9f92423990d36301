import { minorFor } from '../catalog/versions.js';
import { findings, moveCommand, toMove, type WorkloadToMove } from '../cluster/findings.js';
import type { LiveMesh } from '../cluster/live-mesh.js';
import { adoptedGoes } from '../model/adopted.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { clusterOf, revisionOf } from '../model/revision.js';
import { only } from '../model/words.js';
import { phasesOf } from '../policy/phases.js';
import { type Progress, progressOf, stepName } from '../policy/progress.js';
import { isSupported } from '../policy/warnings.js';

/** One cluster: what the repository says, and what it is where it was looked at. */
export interface ClusterStatus {
  readonly name: string;
  readonly repository: Cluster;
  /** How far its upgrade is; null where none is under way. */
  readonly upgrade: Progress | null;
  /** null where nobody looked. */
  readonly live: LiveMesh | null;
  /** The workloads that must move to another revision; null: not known. */
  readonly workloads: readonly WorkloadToMove[] | null;
  /** Whatever is not as the repository says. */
  readonly findings: readonly Problem[];
  /** What to do now, as commands; the last is the one that leads on. */
  readonly next: readonly string[];
}

/** Whether the minor of a revision still gets fixes. */
export interface Support {
  readonly supported: boolean;
  /** The last day (YYYY-MM-DD); null where it is not set. */
  readonly endOfSupport: string | null;
}

/** The support of each revision on a day (YYYY-MM-DD). */
export function supportOf({ revisions }: Mesh, today: string): Status['support'] {
  return Object.fromEntries(
    Object.entries(revisions).map(([revision, { version }]) => [
      revision,
      { supported: isSupported(version, today), endOfSupport: minorFor(version).endOfSupport ?? null },
    ]),
  );
}

/** What `status --json` prints. Fields are added and never renamed. */
export interface Status {
  /** `findings`: something is not as the repository says; `unknown`: something could not be looked at. */
  readonly status: 'ok' | 'findings' | 'unknown';
  /** Every revision of the repository, by its name. */
  readonly revisions: Mesh['revisions'];
  /** Until when Istio mends the minor of each revision. */
  readonly support: Readonly<Record<string, Support>>;
  readonly clusters: readonly ClusterStatus[];
}

/** Pure: the status of one cluster. */
export function clusterStatus(mesh: Mesh, name: string, live: LiveMesh | null): ClusterStatus {
  const upgrade = progressOf(mesh, name) ?? null;
  const found = live === null ? [] : findings(mesh, name, live);
  const workloads = live === null ? null : toMove(mesh, name, live);
  return {
    name,
    repository: clusterOf(mesh, name),
    upgrade,
    live,
    workloads,
    findings: found,
    next: nextSteps(mesh, name, upgrade, live, workloads ?? [], found),
  };
}

/** What leads on: first what is broken, then what is not known, then the workloads, and else the next step of the upgrade. */
function nextSteps(
  mesh: Mesh,
  name: string,
  upgrade: Progress | null,
  live: LiveMesh | null,
  workloads: readonly WorkloadToMove[],
  found: readonly Problem[],
): string[] {
  const context = live === null ? '' : ` --context ${live.context}`;
  const where = only(mesh, name);
  const lost = live?.unknown.some(({ reason }) => reason === 'no-context') === true;
  const again = `yo istio-prod:status${where}${lost ? ' --context NAME' : context}    # look again`;
  const [first] = [...found, ...(live?.unknown ?? [])];
  if (first !== undefined) return [first.fix, again];
  if (upgrade === null && mesh.adopted !== undefined) return [adoptedGoes];
  if (upgrade === null) return ['yo istio-prod:revision VERSION    # no upgrade is under way: this begins one'];
  const [step] = upgrade.left;
  const phase = phasesOf(mesh).find((each) => stepName(each) === step);
  const own = { ...mesh, clusters: { [name]: clusterOf(mesh, name) } };
  const moved = phasesOf(own).find((each) => stepName(each) === upgrade.reached);
  if (phase !== undefined) {
    const checks = live !== null && (phase.name === 'blend' || phase.name === 'cut') ? ' --check' : '';
    return [
      ...(live === null && moved !== undefined ? linesOf(moved.before(own)) : []),
      // The next commit restarts them.
      ...(phase.restarts ? [] : restarts(mesh, name, live, workloads)),
      `yo istio-prod:revision ${revisionOf(mesh, upgrade.to).version} --through ${phase.name}${where}${checks}${checks === '' ? '' : context}`,
    ];
  }
  const { version } = revisionOf(mesh, upgrade.from);
  const retire = `yo istio-prod:retire ${version}${where}${live === null ? ' --context NAME' : context}`;
  return [...restarts(mesh, name, live, workloads), `${retire}    # ${step}`];
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The commands of the first few; the list of all is in `workloads`. */
function restarts(mesh: Mesh, name: string, live: LiveMesh | null, workloads: readonly WorkloadToMove[]): string[] {
  if (live === null || workloads.length === 0) return [];
  const tag = Object.keys(clusterOf(mesh, name).tags)[0] ?? 'default';
  const commands = [...new Set(workloads.map((workload) => moveCommand(workload, live.context, tag)))];
  const more = commands.length > 6 ? [`# and ${commands.length - 6} more: the list above has them all`] : [];
  return [...commands.slice(0, 6), ...more];
}
