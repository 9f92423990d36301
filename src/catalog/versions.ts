import semver from 'semver';
import { remembered } from '../model/remembered.js';

/** What one Istio minor is and can do, as far as the emitted files depend on it. */
export interface IstioMinor {
  readonly minor: string;
  /** The newest patch release that this package knows. */
  readonly latest: string;
  /** The Kubernetes versions that the release announcement supports: first and last. */
  readonly kubernetes: readonly [string, string];
  /** The last day (YYYY-MM-DD) on which Istio mends it; left out where it still does and the day is not set. */
  readonly endOfSupport?: string;
  /** Whether the in-cluster operator installs it; it was removed in 1.24 (istio/istio releasenotes 1.24). */
  readonly operator: boolean;
  /** Whether Istio's charts are in its public repository in the form that we use: chart `gateway` and its likes are from 1.12. */
  readonly charts: boolean;
  /** Whether istiod injects a gateway into a plain Deployment (istio.io/docs/setup/additional-setup/gateway). */
  readonly injectsGateways: boolean;
  /** Whether each revision validates, so that unlabelled resources need a default validator; before, the base has the one there is. */
  readonly revisionValidators: boolean;
  /** The version of networking.istio.io and security.istio.io to write; v1 is served from 1.22 (istio.io/blog/2024/v1-apis). */
  readonly api: 'v1beta1' | 'v1';
  /** The version of policy that every Kubernetes of it serves; v1 comes with Kubernetes 1.21, v1beta1 goes with 1.25. */
  readonly policyApi: 'policy/v1beta1' | 'policy/v1';
  /** Whether every Kubernetes of it has the field seccompProfile, which comes with 1.19. */
  readonly seccompProfile: boolean;
}

// Newest patch, first and last Kubernetes, end of support. Tags of istio/istio; the x.y.0 announcements and
// istio.io/docs/releases/supported-releases. Support ends six weeks after the release of the minor after the next: where
// the page gives no day yet (1.28, 1.29), it is counted from 1.30.0 (2026-05-18) and 1.31.0 (2026-08-20).
const table: readonly (readonly [latest: string, first: string, last: string, endOfSupport?: string])[] = [
  ['1.9.9', '1.17', '1.20', '2021-10-08'],
  ['1.10.6', '1.18', '1.21', '2022-01-07'],
  ['1.11.8', '1.18', '1.22', '2022-03-25'],
  ['1.12.9', '1.19', '1.22', '2022-07-12'],
  ['1.13.9', '1.20', '1.23', '2022-10-12'],
  ['1.14.6', '1.21', '1.24', '2022-12-27'],
  ['1.15.7', '1.22', '1.25', '2023-04-04'],
  ['1.16.7', '1.22', '1.25', '2023-07-25'],
  ['1.17.8', '1.23', '1.26', '2023-10-27'],
  ['1.18.7', '1.24', '1.27', '2024-01-04'],
  ['1.19.10', '1.25', '1.28', '2024-04-24'],
  ['1.20.8', '1.25', '1.29', '2024-06-25'],
  ['1.21.6', '1.26', '1.29', '2024-09-27'],
  ['1.22.8', '1.27', '1.30', '2025-01-22'],
  ['1.23.6', '1.27', '1.30', '2025-04-16'],
  ['1.24.6', '1.28', '1.31', '2025-06-24'],
  ['1.25.5', '1.29', '1.32', '2025-09-30'],
  ['1.26.8', '1.29', '1.33', '2025-12-22'],
  ['1.27.9', '1.29', '1.33', '2026-03-30'],
  ['1.28.10', '1.29', '1.34', '2026-06-29'],
  ['1.29.6', '1.31', '1.35', '2026-10-01'],
  ['1.30.5', '1.32', '1.36'],
  ['1.31.1', '1.32', '1.36'],
];

/** The minor of a full version: 1.10.3 → 1.10. */
export function minorOf(version: string): string {
  return `${semver.major(version)}.${semver.minor(version)}`;
}

/** Whether `version` is of `minor` (1.10) or of a later one; a pre-release counts as its minor. */
export const since = remembered((version: string, minor: string): boolean =>
  semver.gte(semver.coerce(minorOf(version)) ?? version, semver.coerce(minor) ?? minor),
);

/** Every Istio minor that this package knows, oldest first. */
export const istioMinors: readonly IstioMinor[] = table.map(([latest, first, last, endOfSupport]) => ({
  minor: minorOf(latest),
  latest,
  kubernetes: [first, last],
  ...(endOfSupport === undefined ? {} : { endOfSupport }),
  operator: !since(latest, '1.24'),
  charts: since(latest, '1.12'),
  injectsGateways: since(latest, '1.10'),
  revisionValidators: since(latest, '1.11'),
  api: since(latest, '1.22') ? 'v1' : 'v1beta1',
  policyApi: since(`${first}.0`, '1.21') ? 'policy/v1' : 'policy/v1beta1',
  seccompProfile: since(`${first}.0`, '1.19'),
}));

/** The minor of a version as far as it is known; one that is newer than the table is taken for the newest in it. */
export const minorFor = remembered((version: string): IstioMinor => {
  const known = istioMinors.find(({ minor }) => minor === minorOf(version));
  const [oldest, newest] = [istioMinors[0], istioMinors.at(-1)];
  if (oldest === undefined || newest === undefined) throw new Error('No version is known');
  return known ?? (since(version, newest.minor) ? newest : oldest);
});
