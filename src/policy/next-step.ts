import semver from 'semver';
import { installs } from '../catalog/catalog.js';
import { istioMinors, minorOf, since } from '../catalog/versions.js';
import { isAdopting, upgradeOf } from '../model/adopted.js';
import { type InstallName, installNames, type Mesh } from '../model/mesh.js';
import { clusterOf, revisionOf } from '../model/revision.js';
import { phasesOf } from './phases.js';
import { installOf, minorsBetween, newestOf } from './versions.js';

/** Where one cluster is, and the way on from there. */
export interface NextStep {
  readonly cluster: string;
  /** The newest version that runs there and stays, and how it is installed. */
  readonly version: string;
  readonly install: InstallName;
  /** In words, and what to type for it; without a command there is nothing to do. */
  readonly words: string;
  readonly command?: string;
}

/** The install methods that can install a version, by the order of their names. */
export function installsOf(version: string): InstallName[] {
  const minor = istioMinors.find((each) => each.minor === minorOf(version));
  return minor === undefined ? [] : installNames.filter((name) => installs[name].installs(minor));
}

/** What comes next in each cluster; where they differ, each command names its cluster. */
export function nextSteps(mesh: Mesh): NextStep[] {
  const steps = Object.keys(mesh.clusters).map((cluster) => nextStep(mesh, cluster));
  if (new Set(steps.map(({ command }) => command)).size <= 1) return steps;
  return steps.map(({ command, ...step }) =>
    command === undefined ? step : { ...step, command: `${command} --cluster ${step.cluster}` },
  );
}

/** What comes next in a cluster: the end of an upgrade that is under way, else the next minor, else a newer patch. */
export function nextStep(mesh: Mesh, name: string): NextStep {
  const { revisions, retiring } = clusterOf(mesh, name);
  const newest = revisions.findLast((each) => retiring?.[each] === undefined) ?? '';
  const { version, install } = revisionOf(mesh, newest);
  const step = { cluster: name, version, install };
  if (upgradeOf(clusterOf(mesh, name)).length > 1) return { ...step, ...finish(mesh, name, newest) };

  // Another cluster may be ahead: this one follows it.
  const ahead = Object.values(mesh.revisions).find((each) => minorsBetween(version, each.version) === 1);
  if (ahead !== undefined) {
    const words = `${ahead.version}, by ${ahead.install}, as in another cluster`;
    return { ...step, words, command: `yo istio-prod:revision ${ahead.version}` };
  }
  const target =
    istioMinors.find(({ latest }) => minorsBetween(version, latest) === 1) ??
    istioMinors.find(
      (each) => each.minor === minorOf(version) && semver.gt(newestOf(install, each, [version]), version),
    );
  if (target === undefined) return { ...step, words: 'nothing newer is known to this release' };
  if (installs[install].installs(target)) {
    const next = newestOf(install, target, [version]);
    return { ...step, words: `${next}, by ${install} again`, command: `yo istio-prod:revision ${next}` };
  }
  const { sail } = clusterOf(mesh, name);
  if (sail !== undefined && !since(sail, target.minor)) {
    const words = `${target.minor}, once a Sail Operator is known that brings its CustomResourceDefinitions; ${sail} does not`;
    return { ...step, words };
  }
  const able = installsOf(target.latest);
  const other = able.find((each) => each === installOf(target.latest)) ?? able[0] ?? install;
  const next = newestOf(other, target);
  return {
    ...step,
    words: `${next}, by ${able.join(' or ')}: ${install} cannot install ${target.minor}`,
    command: `yo istio-prod:revision ${next} --install ${other}`,
  };
}

/** Two revisions are up: one that has begun to go goes on; else the newer one takes everything over, then the older one goes. */
function finish(mesh: Mesh, name: string, newest: string): Pick<NextStep, 'words' | 'command'> {
  const cluster = clusterOf(mesh, name);
  const { version } = revisionOf(mesh, newest);
  const [begun] = Object.keys(cluster.retiring ?? {});
  const open = phasesOf(mesh).filter(({ apply }) => JSON.stringify(apply(cluster, newest)) !== JSON.stringify(cluster));
  if (begun === undefined && open.length > 0) {
    return {
      words: `the phases ${[...new Set(open.map(({ name }) => name))].join(', ')} of the upgrade that is under way`,
      // What was adopted leaves in steps of its own, which docs/adopting.md has.
      command: `yo istio-prod:revision ${version} --through ${isAdopting(cluster) ? open[0]?.name : 'default'}`,
    };
  }
  const going = revisionOf(mesh, begun ?? cluster.revisions[0] ?? '').version;
  return { words: `${going} goes, part by part`, command: `yo istio-prod:retire ${going}` };
}
