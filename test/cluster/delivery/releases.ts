import { until } from '../clock.js';
import { expect } from '../errors.js';
import type { Kube } from '../kube/client.js';
import { conditionOf } from '../kube/objects.js';
import type { EngineName } from './engine.js';

/** A chart that the engine has installed. */
export interface Release {
  readonly name: string;
  /** The version of its chart. */
  readonly version: string;
  readonly ready: boolean;
  /** When the engine was told of it: an RFC 3339 time. */
  readonly createdAt: string;
  /** Another one after each time the engine had to write it, or to mend it because something had changed. */
  readonly touched: string;
}

/** Waits until exactly these releases, `name version`, are there and all is well with them. */
export async function expectReleases(
  engine: EngineName,
  kube: Kube,
  wanted: readonly string[],
): Promise<readonly Release[]> {
  return until(
    `the releases ${wanted.join(', ')}`,
    async () => {
      const releases = await releasesOf(engine, kube);
      const found = releases.map(({ name, version, ready }) => `${name} ${version}${ready ? '' : ' (not ready)'}`);
      if (found.join() === wanted.join()) return releases;
      throw new Error(`there are ${found.join(', ')}`);
    },
    { timeout: 40 },
  );
}

/** Whether the engine has written nothing between two looks. */
export function expectUntouched(before: readonly Release[], after: readonly Release[]): void {
  for (const [index, { name, touched }] of after.entries()) {
    const was = before[index]?.touched;
    expect(was === touched, `the engine wrote ${name} anew: ${was} before, ${touched} after`);
  }
}

/** What the engine has installed by charts, by name. */
async function releasesOf(engine: EngineName, kube: Kube): Promise<readonly Release[]> {
  const releases = await (engine === 'argo-cd' ? applications(kube) : helmReleases(kube));
  return [...releases].sort((one, other) => one.name.localeCompare(other.name));
}

async function applications(kube: Kube): Promise<readonly Release[]> {
  const found = await kube.list('/apis/argoproj.io/v1alpha1/namespaces/argocd/applications');
  return found
    .filter(({ spec }) => spec.source.chart !== undefined)
    .map(({ metadata, spec, status = {} }) => ({
      name: metadata.name,
      version: spec.source.targetRevision,
      createdAt: metadata.creationTimestamp ?? '',
      ready: status.sync?.status === 'Synced' && status.health?.status === 'Healthy',
      touched: `${status.operationState?.startedAt} ${status.history?.length}`,
    }));
}

async function helmReleases(kube: Kube): Promise<readonly Release[]> {
  const found = await kube.list('/apis/helm.toolkit.fluxcd.io/v2/helmreleases');
  const events = await kube.list('/api/v1/events');
  return found.map((release) => {
    const { name, generation, annotations, creationTimestamp } = release.metadata;
    const { observedGeneration, lastHandledReconcileAt, lastAttemptedRevision } = release.status ?? {};
    // Every request to look has been answered.
    const looked = lastHandledReconcileAt === annotations?.['reconcile.fluxcd.io/requestedAt'];
    const drifts = events.filter(
      ({ reason, involvedObject }) => reason === 'DriftDetected' && involvedObject.name === name,
    );
    return {
      name,
      version: lastAttemptedRevision,
      createdAt: creationTimestamp ?? '',
      ready: conditionOf(release, 'Ready')?.status === 'True' && observedGeneration === generation && looked,
      touched: `${generation} ${drifts.map(({ message }) => message).join('; ')}`,
    };
  });
}
