import { gatewayNamespace } from '../../catalog/namespaces.js';
import { adopted } from '../../model/adopted.js';
import { istioLabel } from '../../model/gateway.js';
import { type Fields, type Located, mapAt, same } from '../../model/kube-object.js';
import type { Cluster, Mesh } from '../../model/mesh.js';
import { gatewayRevisions, versionLabel } from '../../model/revision.js';
import { podsIn, podsOf, selects } from './gateway-pods.js';
import { type ClusterLook, find, type Hit, layerFile, type Rule } from './rule.js';

/** The entry Service of every gateway, where it is built. */
export function entriesOf({ mesh, objects }: { readonly mesh: Mesh; readonly objects: readonly Located[] }) {
  return Object.keys(mesh.gateways).flatMap((gateway) => {
    const where = find(objects, 'Service', gatewayNamespace(mesh, gateway), gateway);
    return where === undefined ? [] : [{ gateway, where, selector: mapAt(where.object, 'spec.selector') }];
  });
}

/** The revisions that a selector stands for; undefined where it is none of the legal shapes. */
function servedBy(mesh: Mesh, cluster: Cluster, gateway: string, selector: Fields): readonly string[] | undefined {
  const shared = { istio: istioLabel(gateway) };
  const live = gatewayRevisions(cluster);
  const before = mesh.gateways[gateway]?.adopted;
  if (before !== undefined && same(selector, before.selector)) return [adopted];
  if (same(selector, shared)) return isServedBefore(cluster, gateway) ? [adopted, ...live] : live;
  const only = live.find((revision) =>
    same(selector, { ...shared, version: versionLabel(mesh.revisions[revision]?.version ?? '') }),
  );
  return only === undefined ? undefined : [only];
}

/** Whether pods that were there before this repository get traffic of a gateway; they are not in Git. */
function isServedBefore({ serves }: Cluster, gateway: string): boolean {
  return serves[gateway]?.includes(adopted) === true;
}

/** The gateways whose entry Service has a legal selector, with the revisions that it stands for. */
function serving(look: Pick<ClusterLook, 'mesh' | 'cluster' | 'objects'>) {
  return entriesOf(look).flatMap(({ gateway, where, selector }) => {
    const revisions = servedBy(look.mesh, look.cluster, gateway, selector);
    return revisions === undefined ? [] : [{ gateway, where, selector, revisions }];
  });
}

export const entrySelector: Rule<ClusterLook> = {
  name: 'entry-selector',
  statement:
    'The selector of an entry Service is one of three: one live revision (old or new), or the shared label alone (both), as istio-prod.yaml says; an adopted gateway keeps the one that was found until blend.',
  source: 'kustomize merges selectors key by key, and a patch with a misspelt target changes nothing without an error',
  fix: 'Take the edit back; a switch is an edit of "serves" in istio-prod.yaml, or of the file <gateway>.selector.json that follows from it',
  find: (look) => {
    const entries = entriesOf(look);
    const missing = Object.keys(look.mesh.gateways).filter((each) => !entries.some(({ gateway }) => gateway === each));
    return [
      ...missing.map(
        (gateway): Hit => ({
          where: layerFile(look, '5-switch'),
          message: `The entry Service ${gateway} is not built: nothing reaches the gateway.`,
        }),
      ),
      ...entries.flatMap(({ gateway, where, selector }): Hit[] => {
        const revisions = servedBy(look.mesh, look.cluster, gateway, selector);
        const wanted = look.cluster.serves[gateway] ?? [];
        if (revisions === undefined)
          return [{ where, message: `It selects ${JSON.stringify(selector)}, which is none of the legal shapes.` }];
        return same(revisions.toSorted(), wanted.toSorted())
          ? []
          : [
              {
                where,
                message: `It selects ${revisions.join(' and ')}, and istio-prod.yaml says ${wanted.join(' and ')}.`,
              },
            ];
      }),
    ];
  },
};

export const entryPods: Rule<ClusterLook> = {
  name: 'entry-pods',
  statement: 'An entry Service selects pods of every revision that it should, and no other pods.',
  source: 'kubernetes.io/docs/concepts/services-networking/service: a Service without ready endpoints answers nothing',
  fix: 'Let the labels of the gateway pods be "istio", and "version" with the version of their revision; take these labels off all other pods',
  find: (look) =>
    serving(look).flatMap(({ gateway, where, selector, revisions }): Hit[] => {
      const picked = podsIn(look, where.object.metadata.namespace ?? '').filter(({ labels }) =>
        selects(selector, labels),
      );
      const versions = revisions.map((revision) => versionLabel(look.mesh.revisions[revision]?.version ?? ''));
      return [
        ...revisions
          .filter(
            (revision, index) =>
              revision !== adopted && !picked.some(({ labels }) => labels['version'] === versions[index]),
          )
          .map((revision) => ({ where, message: `It selects no pods of ${revision}.` })),
        ...picked
          .filter(({ labels }) => !versions.includes(String(labels['version'])))
          .map((pods) => ({
            where: pods.where,
            message: `The entry Service ${gateway} selects these pods too, which are none of ${revisions.join(' or ')}.`,
          })),
      ];
    }),
};

export const entryBlend: Rule<ClusterLook> = {
  name: 'blend-before-cut',
  statement: 'An entry Service goes from one revision to another by way of both.',
  source:
    'kubernetes-sigs/aws-load-balancer-controller#3621: all old targets are dropped before the new ones are healthy',
  fix: 'Merge the commits one by one, the one with both first; where the old gateways are dead, merge it all the same (--skip blend-before-cut)',
  find: ({ before, ...look }) =>
    before === undefined
      ? []
      : serving(look).flatMap(({ gateway, where, revisions }) => {
          const former = serving(before).find((entry) => entry.gateway === gateway)?.revisions;
          return former === undefined || former.some((revision) => revisions.includes(revision))
            ? []
            : [
                {
                  where,
                  message: `It would go from ${former.join(' and ')} to ${revisions.join(' and ')} in one step.`,
                },
              ];
        }),
};

export const entryRetire: Rule<ClusterLook> = {
  name: 'retire-after-cut',
  statement: 'The gateways of a revision go in a later commit than the one in which their entry Service leaves them.',
  source: 'seen on a real control plane: Flux deletes before it waits, so for seconds no gateway was left',
  fix: 'Merge the commit that moves the selector first, and this one when the cluster has carried it out; where these gateways are dead, merge it all the same (--skip retire-after-cut)',
  find: ({ before, ...look }) =>
    before === undefined
      ? []
      : serving(before).flatMap(({ gateway, revisions }) => {
          // A gateway that left the mesh was taken away by a person, who said that nothing uses it.
          if (look.mesh.gateways[gateway] === undefined) return [];
          const left = podsOf(look, gateway).map(({ labels }) => labels['version']);
          return revisions
            .filter(
              (revision) =>
                revision !== adopted && !left.includes(versionLabel(before.mesh.revisions[revision]?.version ?? '')),
            )
            .map((revision) => ({
              where: layerFile(look, '4-gateways'),
              message: `The gateway ${gateway} of ${revision} goes, and the entry Service still selects it until this commit.`,
            }));
        }),
};
