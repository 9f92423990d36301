import semver from 'semver';
import { minorOf } from './versions.js';

/** A release of the Sail Operator, and the last patch of each Istio minor that it installs. */
interface SailRelease {
  readonly version: string;
  readonly installs: Readonly<Record<string, number>>;
}

/**
 * The newest Sail release of each minor, oldest first.
 *
 * From pkg/istioversion/versions.yaml of its tags (github.com/istio-ecosystem/sail-operator) without what is marked `eol`,
 * which the operator refuses to install. Releases before 1.26 are left out: a later one installs the same versions.
 */
const releases: readonly SailRelease[] = [
  { version: '1.26.3', installs: { '1.24': 6, '1.25': 3, '1.26': 3 } },
  { version: '1.27.3', installs: { '1.24': 6, '1.25': 5, '1.26': 6, '1.27': 3 } },
  { version: '1.28.3', installs: { '1.26': 8, '1.27': 5, '1.28': 3 } },
  { version: '1.29.2', installs: { '1.27': 9, '1.28': 6, '1.29': 2 } },
  { version: '1.30.3', installs: { '1.28': 10, '1.29': 6, '1.30': 3 } },
];

/** No release has these (1.25.0 was none of its versions). */
const leftOut: readonly string[] = ['1.25.0'];

/** Whether a Sail release installs an Istio version. One that is newer than all that are known here is taken on trust. */
export function sailInstalls(sail: string, version: string): boolean {
  const release = releases.find((each) => each.version === sail);
  if (release === undefined) return semver.gt(sail, releases.at(-1)?.version ?? sail);
  const last = release.installs[minorOf(version)];
  return (
    last !== undefined &&
    semver.patch(version) <= last &&
    semver.prerelease(version) === null &&
    !leftOut.includes(version)
  );
}

/** The newest Sail release that installs all of these Istio versions; undefined where none does. */
export function sailFor(versions: readonly string[]): string | undefined {
  return releases.findLast(({ version }) => versions.every((each) => sailInstalls(version, each)))?.version;
}

/** The newest Istio version of a minor that a known Sail release installs together with others; undefined where none does. */
export function newestBySail(minor: string, beside: readonly string[] = []): string | undefined {
  const patches = releases
    .filter(({ version }) => beside.every((each) => sailInstalls(version, each)))
    .flatMap(({ installs }) => installs[minor] ?? []);
  return patches.length === 0 ? undefined : `${minor}.${Math.max(...patches)}`;
}
