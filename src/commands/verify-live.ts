import type { KubeObject } from '../model/kube-object.js';
import { at } from '../model/kube-object.js';
import type { Mesh } from '../model/mesh.js';
import { type LiveLook, liveRules } from '../policy/verify/live.js';
import type { ClusterLook } from '../policy/verify/rule.js';
import type { Options } from './options.js';
import type { Unasked } from './verify-report.js';

/** A cluster of the mesh as it was asked, and the rules that it gave no answer to. */
export interface LiveAnswer {
  readonly look: LiveLook;
  readonly unasked: readonly Unasked[];
}

/** Asks the cluster behind `--context` what no file can say; undefined where none was given. Throws a Refusal as `lookAt` does. */
export async function askCluster(
  mesh: Mesh,
  options: Options,
  looks: readonly ClusterLook[],
  skipped: ReadonlySet<string>,
): Promise<LiveAnswer | undefined> {
  if (options.given['context'] === undefined || liveRules.every(({ name }) => skipped.has(name))) return undefined;
  // Loaded late: a run that looks at no cluster does not pay for it.
  const [{ lookAt }, { liveSettings }] = await Promise.all([
    import('./look.js'),
    import('../cluster/live-settings.js'),
  ]);
  const live = await lookAt(mesh, options, 'verify');
  if (live === undefined) return undefined;
  const { cluster, snapshot } = live;
  const handOver = looks.find(({ name }) => name === cluster)?.handOver ?? [];
  const { look, unasked } = liveSettings(mesh, cluster, snapshot, healthChecks(handOver.map(({ object }) => object)));
  return { look, unasked: unasked.filter(({ rule }) => !skipped.has(rule)).map((each) => ({ ...each, cluster })) };
}

/** The keys of the health checks that the repository adds to Argo CD. */
function healthChecks(objects: readonly KubeObject[]): string[] {
  const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'argocd-cm');
  const data = config === undefined ? undefined : at(config, 'data');
  return Object.keys(data ?? {}).filter((key) => key.startsWith('resource.customizations.health.'));
}
