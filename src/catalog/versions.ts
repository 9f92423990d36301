import semver from 'semver';

/** What one Istio minor can do, as far as the emitted files depend on it. */
export interface IstioMinor {
  readonly minor: string;
  /** The newest patch release that this package knows. */
  readonly latest: string;
  /** The Kubernetes versions that the release announcement supports: first and last. */
  readonly kubernetes: readonly [string, string];
  /** Whether the in-cluster operator installs it; it was removed in 1.24 (istio/istio releasenotes 1.24). */
  readonly operator: boolean;
}

// Tags of istio/istio; Kubernetes ranges from the x.y.0 announcements and istio.io/docs/releases/supported-releases.
const table: readonly (readonly [latest: string, firstKubernetes: string, lastKubernetes: string])[] = [
  ['1.9.9', '1.17', '1.20'],
  ['1.10.6', '1.18', '1.21'],
  ['1.11.8', '1.18', '1.22'],
  ['1.12.9', '1.19', '1.22'],
  ['1.13.9', '1.20', '1.23'],
  ['1.14.6', '1.21', '1.24'],
  ['1.15.7', '1.22', '1.25'],
  ['1.16.7', '1.22', '1.25'],
  ['1.17.8', '1.23', '1.26'],
  ['1.18.7', '1.24', '1.27'],
  ['1.19.10', '1.25', '1.28'],
  ['1.20.8', '1.25', '1.29'],
  ['1.21.6', '1.26', '1.29'],
  ['1.22.8', '1.27', '1.30'],
  ['1.23.6', '1.27', '1.30'],
  ['1.24.6', '1.28', '1.31'],
  ['1.25.5', '1.29', '1.32'],
  ['1.26.8', '1.29', '1.33'],
  ['1.27.9', '1.29', '1.33'],
  ['1.28.10', '1.29', '1.34'],
  ['1.29.6', '1.31', '1.35'],
  ['1.30.5', '1.32', '1.36'],
  ['1.31.1', '1.32', '1.36'],
];

/** Every Istio minor that this package knows, oldest first. */
export const istioMinors: readonly IstioMinor[] = table.map(([latest, first, last]) => ({
  minor: minorOf(latest),
  latest,
  kubernetes: [first, last],
  operator: semver.lt(latest, '1.24.0'),
}));

/** The minor of a full version: 1.10.3 → 1.10. */
export function minorOf(version: string): string {
  return `${semver.major(version)}.${semver.minor(version)}`;
}

/** Whether `version` is of `minor` (1.10) or of a later one; a pre-release counts as its minor. */
export function since(version: string, minor: string): boolean {
  return semver.gte(semver.coerce(minorOf(version)) ?? version, semver.coerce(minor) ?? minor);
}
