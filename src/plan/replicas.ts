import { gatewayKinds } from '../catalog/kinds.js';
import { fromText } from '../model/file-spec.js';
import { gatewayDeployment, gatewayOf } from '../model/gateway.js';
import type { Contribution } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf, gatewayRevisions, revisionOf } from '../model/revision.js';

/**
 * How many pods a gateway's autoscaler makes in one cluster, where the mesh says other than the frozen files: at least, so that
 * a new revision has as many as the old one serves with before it gets the traffic (an autoscaler starts at its minimum and
 * grows only under load), and at most.
 *
 * A patch of its own beside the frozen files: to give it back, the patch goes and nothing else changes.
 */
export function replicasContributions(mesh: Mesh, name: string): Contribution[] {
  const cluster = clusterOf(mesh, name);
  return Object.keys(mesh.gateways).flatMap((gateway) =>
    gatewayRevisions(cluster).flatMap((revision): Contribution[] => {
      const [kind, path] = autoscaler(mesh, gateway, revision);
      const range = {
        minReplicas: cluster.minReplicas?.[gateway]?.[revision],
        maxReplicas: gatewayOf(mesh, gateway).maxReplicas,
      };
      const changes = Object.entries(range).flatMap(([key, value]) =>
        value === undefined ? [] : [{ op: 'replace', path: `${path}/${key}`, value }],
      );
      if (changes.length === 0) return [];
      const deployment = gatewayDeployment(gateway, revision);
      const file = `${deployment}.replicas.json`;
      return [
        {
          layer: '4-gateways',
          files: [fromText(file, 'managed', `${JSON.stringify(changes, null, 2)}\n`)],
          patches: [{ path: file, target: { kind, name: deployment } }],
        },
      ];
    }),
  );
}

/** The object that says how many pods there are, and where in it. */
function autoscaler(mesh: Mesh, gateway: string, revision: string): readonly [kind: string, path: string] {
  if (revisionOf(mesh, revision).gateways === 'injected') return ['HorizontalPodAutoscaler', '/spec'];
  const kind = gatewayKinds[gatewayOf(mesh, gateway).kind];
  return ['IstioOperator', `/spec/components/${kind.component}/0/k8s/hpaSpec`];
}
