import type { Cluster, Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { firstOf } from '../model/words.js';
import { restartWaits } from './restarts.js';

/** Revision tags that move in one commit. */
export interface Wave {
  /** What the title of the commit adds; empty where all tags move together. */
  readonly title: string;
  readonly moves: (tag: string) => boolean;
}

/**
 * The waves in which the revision tags move: those of the mesh in their order, then all tags that no wave names.
 *
 * All namespaces on a tag move with it, so a wave of namespaces is a tag of its own (istio.io/docs/setup/upgrade/canary).
 */
export function wavesOf(mesh: Mesh): readonly Wave[] {
  const named = mesh.upgrade.waves.map(({ tag }) => tag);
  return [
    ...named.map((tag) => ({ title: ` ${tag}`, moves: (other: string) => other === tag })),
    { title: '', moves: (tag) => !named.includes(tag) },
  ];
}

/** What must be so once tags have moved in all clusters of this mesh: a commit restarts their workloads, or commands do. */
export function afterMove(mesh: Mesh, tags: readonly string[]): string {
  const some = (test: (cluster: Cluster, tag: string) => boolean) =>
    tags.filter((tag) => Object.values(mesh.clusters).some((cluster) => test(cluster, tag)));
  const byCommit = some(restartWaits);
  const isByHand = (cluster: Cluster, tag: string) =>
    (tag === 'default' || Object.hasOwn(cluster.tags, tag)) && !Object.hasOwn(cluster.restarted ?? {}, tag);
  const byHand = some(isByHand);
  const where = Object.keys(mesh.clusters).filter((name) =>
    tags.some((tag) => isByHand(mesh.clusters[name] as Cluster, tag)),
  );
  const others = where.length === Object.keys(mesh.clusters).length ? 'The others' : `Those in ${firstOf(where, 8)}`;
  const moved = byCommit.map(
    (tag) => `    kubectl get mutatingwebhookconfiguration istio-revision-tag-${tag} -L istio.io/rev`,
  );
  return [
    ...(byCommit.length === 0
      ? []
      : [
          `The next commit restarts the workloads that are built with the component of their tag. Merge it when the tag has moved in the cluster: REV is what this commit says.\n\n${moved.join('\n')}`,
        ]),
    ...(byHand.length === 0
      ? []
      : [`${byCommit.length === 0 ? '' : `${others} restart by commands. `}${restarts(mesh, byHand)}`]),
    // The tag came back before its workloads had restarted, or the other way round.
    ...(byCommit.length + byHand.length > 0
      ? []
      : [
          'No commit has to restart them. What has restarted by itself in between is listed by this, with its command:\n\n    yo istio-prod:status --context NAME',
        ]),
  ].join('\n\n');
}

/** What must be so once a commit has restarted workloads. */
export function afterRestart(): string {
  return 'Look after the rollouts. Merge the next commit when this lists no workload that has to restart; one that is not built with the component, or that its owner rolls out, has its command there.\n\n    yo istio-prod:status --context NAME';
}

/** What to type so that the pods behind these tags get the sidecar of the revision that the tags now name. */
export function restarts(mesh: Mesh, tags: readonly string[]): string {
  const commands = tags.flatMap((tag) => {
    const { namespaces = [] } = mesh.upgrade.waves.find((wave) => wave.tag === tag) ?? {};
    return namespaces.length > 0
      ? namespaces.map((namespace) => `    ${restart(namespace)}`)
      : [`    kubectl get namespaces -l istio.io/rev=${tag}`, `    ${restart('NAMESPACE')}`];
  });
  return `Restart the workloads namespace by namespace, and look after each:\n\n${[...new Set(commands)].join('\n')}`;
}

/** Only these three kinds can be restarted (kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout/kubectl_rollout_restart). */
export function restart(namespace: string): string {
  return `kubectl -n ${namespace} rollout restart deployment,statefulset,daemonset`;
}

/** What is wrong with the waves of a mesh; `at` is the place in istio-prod.yaml. */
export function checkWaves({ upgrade: { waves }, clusters }: Mesh): (Problem & { readonly at: readonly string[] })[] {
  const tags = new Set(Object.values(clusters).flatMap((cluster) => Object.keys(cluster.tags)));
  return waves.flatMap(({ tag, namespaces }, wave) => {
    const at = ['upgrade', 'waves', String(wave)];
    const earlier = waves.slice(0, wave);
    const taken = namespaces.filter(
      (namespace, index) =>
        earlier.some((other) => other.namespaces.includes(namespace)) || namespaces.indexOf(namespace) !== index,
    );
    return [
      ...(tags.has(tag) ? [] : [unknownTag(at, tag, [...tags])]),
      ...(earlier.some((other) => other.tag === tag) ? [twice(at, `The tag ${tag} is`)] : []),
      ...taken.map((namespace) => twice(at, `The namespace ${namespace}, which is on one tag only, is`)),
    ];
  });
}

function unknownTag(at: readonly string[], tag: string, tags: readonly string[]) {
  return {
    at,
    rule: 'unknown-tag',
    message: `A wave moves the tag ${tag}, which no cluster has.`,
    fix: `Take one of: ${tags.join(', ')}; make it first (yo istio-prod:tag ${tag} REVISION), or take the wave out`,
  };
}

function twice(at: readonly string[], what: string) {
  return { at, rule: 'wave-twice', message: `${what} in upgrade.waves twice.`, fix: 'Name it once' };
}
