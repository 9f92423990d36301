import semver from 'semver';
import { installs } from '../catalog/catalog.js';
import { type IstioMinor, istioMinors, minorFor, minorOf, since } from '../catalog/versions.js';
import type { InstallName, Mesh, Revision } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/** A version must be a whole semantic version, because it names images and a revision. */
export function checkVersion(version: string): Problem[] {
  if (semver.valid(version) === version && version === version.toLowerCase()) return [];
  const known = istioMinors.find(({ minor }) => minor === version.replace(/^v/, ''));
  return [
    {
      rule: 'invalid-version',
      message: `"${version}" is no Istio version: it takes three numbers, such as 1.10.3.`,
      fix:
        known === undefined
          ? `Type ${semver.valid(version) ?? 'the whole version'}`
          : `Type the patch release as well; the newest known of ${known.minor} is ${known.latest}`,
    },
  ];
}

/** The newest version that an install method can install. */
export function newestVersion(install: InstallName): string {
  const newest = istioMinors.filter((minor) => installs[install].installs(minor)).at(-1);
  if (newest === undefined) throw new Error(`No version for ${install}`);
  return newestOf(install, newest);
}

/** The newest version of a minor that an install method can install, beside others that it installed. */
export function newestOf(install: InstallName, minor: IstioMinor, beside: readonly string[] = []): string {
  return installs[install].newest?.(minor, beside) ?? minor.latest;
}

/** The install method where nobody chooses one: the operator for a version that it installs; for a newer one, or none in particular, charts. */
export function installOf(version: string | undefined): InstallName {
  return version !== undefined && checkVersion(version).length === 0 && minorFor(version).operator
    ? 'operator'
    : 'helm';
}

/** Who makes the gateways of a version where nobody says so: plain injected Deployments wherever that version can. */
export function gatewayMaker(version: string): Revision['gateways'] {
  return checkVersion(version).length > 0 || minorFor(version).injectsGateways ? 'injected' : 'operator';
}

/** What a revision may be: its install method can install it, and only from 1.10 on is a gateway injected. */
export function checkRevision({ version, install, gateways, charts }: Revision): Problem[] {
  const problems: Problem[] = checkVersion(version);
  if (problems.length > 0) return problems;
  const known = istioMinors.find(({ minor }) => minor === minorOf(version));
  const last = istioMinors.at(-1);
  const minor = known ?? (last !== undefined && since(version, last.minor) ? last : undefined);
  if (minor === undefined || !installs[install].installs(minor)) {
    const able = istioMinors.filter((each) => installs[install].installs(each));
    problems.push({
      rule: 'install-version',
      message: `The install method ${install} cannot install Istio ${version}: it installs ${able[0]?.minor} to ${able.at(-1)?.minor}.`,
      fix: since(version, '1.24')
        ? 'Take --install helm'
        : `Choose one from ${able[0]?.minor} to ${able.at(-1)?.latest}`,
    });
  }
  const { installsVersion } = installs[install];
  if (problems.length === 0 && minor !== undefined && installsVersion !== undefined && !installsVersion(version)) {
    problems.push({
      rule: 'install-version',
      message: `The install method ${install} cannot install Istio ${version}: no release of it that is known here does.`,
      fix: `Take ${newestOf(install, minor)}, or another --install`,
    });
  }
  if (charts === 'rendered' && install !== 'helm') {
    problems.push({
      rule: 'render-install',
      message: `Only Istio's charts can be rendered, and Istio ${version} is installed by ${install}.`,
      fix: 'Take --install helm, or leave --render away',
    });
  }
  if (gateways === 'operator' && install !== 'operator') {
    problems.push({
      rule: 'gateway-version',
      message: `Gateways by an operator need the install method operator, and Istio ${version} is installed by ${install}.`,
      fix: 'Leave --gateway-install away',
    });
  }
  if (gateways === 'injected' && !minorFor(version).injectsGateways) {
    problems.push({
      rule: 'gateway-version',
      message: `Istio ${version} does not inject gateways: that exists from 1.10 on.`,
      fix: 'Take --gateway-install operator',
    });
  }
  return problems;
}

/** Ambient mode is stable from 1.24 on; before 1.26, the Sail Operator installs it by an API that is gone by now. */
export function checkDataPlane({ dataPlane }: Mesh, { version, install }: Revision): Problem[] {
  if (dataPlane !== 'ambient' || checkVersion(version).length > 0) return [];
  const first = install === 'sail' ? '1.26' : '1.24';
  if (install !== 'operator' && since(version, first)) return [];
  return [
    {
      rule: 'data-plane',
      message: `Ambient mode is installed by charts from Istio 1.24 on and by Sail from 1.26 on, not by ${install} at ${version}.`,
      fix: `Take a later version by --install helm or sail, or leave --data-plane away`,
    },
  ];
}

/** Whether this package knows the minor of a version; newer ones are rendered like the newest known. */
export function isKnown(version: string): boolean {
  return istioMinors.some(({ minor }) => minor === minorOf(version));
}

/** How many minors lie between two versions; below zero where the second is older. */
export function minorsBetween(from: string, to: string): number {
  return (semver.major(to) - semver.major(from)) * 1000 + semver.minor(to) - semver.minor(from);
}

/**
 * An upgrade goes one minor at a time and never back.
 *
 * Stricter than Istio, whose revisions may jump two (istio.io/docs/setup/upgrade/canary): one minor keeps every pair of
 * versions that meet in a cluster a supported one.
 */
export function checkSkew(cluster: string, from: string, to: string): Problem[] {
  if (semver.lt(to, from)) {
    return [
      {
        rule: 'downgrade',
        message: `Cluster ${cluster} runs ${from}; ${to} is older.`,
        fix: 'Go back with yo istio-prod:rollback instead, or take --force downgrade',
        forcible: true,
      },
    ];
  }
  const minors = minorsBetween(from, to);
  if (minors <= 1) return [];
  const next = istioMinors.find(({ latest }) => minorsBetween(from, latest) === 1);
  return [
    {
      rule: 'skip-minor',
      message: `Cluster ${cluster} runs ${from}; ${to} is ${minors} minors ahead, and an upgrade goes one at a time.`,
      // Of a minor that is newer than the table, nobody here knows the patch releases.
      fix: `Go by way of the next minor: yo istio-prod:revision ${next?.latest ?? `${semver.major(from)}.${semver.minor(from) + 1}.PATCH`}`,
      forcible: true,
    },
  ];
}
