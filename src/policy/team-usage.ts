import { at, groupOf, type KubeObject, type Located, labelsOf, mapAt, nameOf } from '../model/kube-object.js';
import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { revisionOf, versionLabel } from '../model/revision.js';

/**
 * What uses a revision in the team's own files of this repository: namespaces and pods that ask for it, and whatever selects
 * its pods alone. Nothing of it would work once the revision is gone, and no look at a cluster shows what is not synced yet.
 *
 * `objects`: those of a cluster's `custom/`, and those outside of all clusters. Pure.
 */
export function teamUsage(mesh: Mesh, revision: string, objects: readonly Located[]): Problem[] {
  const version = versionLabel(revisionOf(mesh, revision).version);
  const names = (labels: object) => {
    const own = labels as Readonly<Record<string, unknown>>;
    return own['istio.io/rev'] === revision || own['version'] === version;
  };
  const asks = (labels: object) => (labels as Readonly<Record<string, unknown>>)['istio.io/rev'] === revision;
  return objects.flatMap(({ object, file }) => {
    const why = asksFor(object, asks) ?? (selectors(object).some(names) ? 'selects its pods alone' : undefined);
    if (why === undefined) return [];
    const fix =
      why === 'selects its pods alone'
        ? 'Let it select the label istio alone, or make one for the new version, and take this one away first'
        : 'Let it name a tag (istio.io/rev: prod), push that, and restart its pods first';
    return [{ rule: 'revision-in-use', message: `${file}: ${nameOf(object)} ${why}, and ${revision} would go.`, fix }];
  });
}

function asksFor(object: KubeObject, asks: (labels: object) => boolean): string | undefined {
  if (object.kind === 'Namespace' && asks(labelsOf(object))) return 'asks for it by the label istio.io/rev';
  const templates = ['spec.template.metadata.labels', 'spec.jobTemplate.spec.template.metadata.labels'];
  if (templates.some((path) => asks(mapAt(object, path)))) return 'has pods that ask for it by the label istio.io/rev';
  // A Gateway with this label is read by the istiod of that revision only.
  const isGateway = groupOf(object) === 'networking.istio.io' && object.kind === 'Gateway';
  return isGateway && asks(labelsOf(object)) ? 'is for it alone by the label istio.io/rev' : undefined;
}

/** The labels by which an object picks pods: of a Service and a Gateway, an EnvoyFilter, and other resources of Istio. */
function selectors(object: KubeObject): object[] {
  const ofIstio = groupOf(object).endsWith('.istio.io');
  if (!ofIstio && object.kind !== 'Service') return [];
  const paths = ['spec.selector', 'spec.selector.matchLabels', 'spec.workloadSelector.labels'];
  return paths.map((path) => at(object, path)).filter((each) => typeof each === 'object' && each !== null) as object[];
}
