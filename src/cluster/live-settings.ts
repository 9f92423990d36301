import semver from 'semver';
import { sailNamespace } from '../catalog/sail-operator.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { clusterOf } from '../model/revision.js';
import type { LiveLook, LiveRuleName } from '../policy/verify/live.js';
import { known, unknowns } from './known.js';
import type { KindName, Snapshot } from './snapshot.js';

/** What each rule must know; of every one, which cluster it is, which the control planes say. */
const evidence: Readonly<Record<LiveRuleName, readonly KindName[]>> = {
  'live-argo-health': ['deployments', 'settings'],
  'live-kubernetes': ['deployments', 'version'],
  'live-crds': ['deployments', 'definitions'],
};

/** A rule that could not be asked, and why. */
export type Unasked = Pick<Problem, 'rule' | 'message' | 'fix'>;

/** What a snapshot says that no file can, and the rules that it does not say enough for. Pure. */
export function liveSettings(
  mesh: Mesh,
  name: string,
  snapshot: Snapshot,
  wantedSettings: readonly string[],
): { readonly look: LiveLook; readonly unasked: readonly Unasked[] } {
  const cluster = clusterOf(mesh, name);
  const settings = known(snapshot, 'settings');
  const definitions = cluster.sail === undefined ? crds(snapshot) : sailOperator(snapshot);
  const look = {
    mesh,
    name,
    cluster,
    kubernetes: known(snapshot, 'version')?.[0]?.gitVersion,
    argoSettings: settings?.flatMap(({ data }) => Object.keys(data ?? {})),
    wantedSettings,
    crds: definitions === 'unlabelled' ? undefined : definitions,
  };
  const unasked = Object.entries(evidence).flatMap(([rule, kinds]) =>
    unknowns(snapshot, [...kinds]).map(({ message, fix }) => ({ rule, message, fix })),
  );
  if (definitions !== 'unlabelled' || unasked.some(({ rule }) => rule === 'live-crds')) return { look, unasked };
  return { look, unasked: [...unasked, unlabelled(snapshot.context)] };
}

const ofIstio = /\.(networking|security|telemetry|extensions)\.istio\.io$/;

/**
 * The newest version that one of Istio's definitions bears; undefined where there are none.
 *
 * Operators label them with their own version (istio/istio operator/pkg/helmreconciler), charts from 1.24 on with that of
 * the chart. Older charts do not say.
 */
function crds(snapshot: Snapshot): string | 'unlabelled' | undefined {
  const own = known(snapshot, 'definitions')?.filter(({ metadata }) => ofIstio.test(metadata.name)) ?? [];
  const versions = own.flatMap(({ metadata: { labels = {} } }) =>
    ['operator.istio.io/version', 'app.kubernetes.io/version'].flatMap((label) => semver.valid(labels[label]) ?? []),
  );
  return own.length === 0 ? undefined : (versions.toSorted(semver.compare).at(-1) ?? 'unlabelled');
}

/** The version of the Sail Operator, by its image: its chart brings the definitions, and they do not say theirs. */
function sailOperator(snapshot: Snapshot): string | 'unlabelled' | undefined {
  const images = known(snapshot, 'deployments')
    ?.filter(({ metadata }) => metadata.namespace === sailNamespace)
    .flatMap(({ spec }) => (spec.template?.spec?.containers ?? []).map(({ image = '' }) => image));
  if (images === undefined || images.length === 0) return undefined;
  const versions = images.flatMap((image) => semver.valid(/:v?([^:@/]+)(@|$)/.exec(image)?.[1]) ?? []);
  return versions.toSorted(semver.compare).at(-1) ?? 'unlabelled';
}

function unlabelled(context: string): Unasked {
  return {
    rule: 'live-crds',
    message: `What version Istio's CustomResourceDefinitions in context ${context} are of is not known: nothing there says it.`,
    fix: `Look who brought them: kubectl --context ${context} get customresourcedefinitions destinationrules.networking.istio.io --show-labels; then leave the rule out by --skip live-crds`,
  };
}
