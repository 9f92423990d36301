import { gatewayKinds } from '../catalog/kinds.js';
import { fromText } from '../model/file-spec.js';
import { gatewayDeployment } from '../model/gateway.js';
import type { Contribution } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf, gatewayRevisions, revisionOf } from '../model/revision.js';

/**
 * Raises the minimum of a gateway's autoscaler in one cluster, so that a new revision has as many pods as the old one serves
 * with before it gets the traffic: an autoscaler starts at its minimum and grows only under load.
 *
 * A patch of its own beside the frozen files: to give it back, the patch goes and nothing else changes.
 */
export function replicasContributions(mesh: Mesh, name: string): Contribution[] {
  const cluster = clusterOf(mesh, name);
  return Object.entries(cluster.minReplicas ?? {}).flatMap(([gateway, revisions]) =>
    gatewayRevisions(cluster).flatMap((revision): Contribution[] => {
      const fewest = revisions[revision];
      if (fewest === undefined) return [];
      const deployment = gatewayDeployment(gateway, revision);
      const [kind, path] = autoscaler(mesh, gateway, revision);
      const file = `${deployment}.replicas.json`;
      const text = `[\n  {\n    "op": "replace",\n    "path": "${path}",\n    "value": ${fewest}\n  }\n]\n`;
      return [
        {
          layer: '4-gateways',
          files: [fromText(file, 'managed', text)],
          patches: [{ path: file, target: { kind, name: deployment } }],
        },
      ];
    }),
  );
}

/** The object that says how many pods there are at least, and where in it. */
function autoscaler(mesh: Mesh, gateway: string, revision: string): readonly [kind: string, path: string] {
  if (revisionOf(mesh, revision).gateways === 'injected') return ['HorizontalPodAutoscaler', '/spec/minReplicas'];
  const kind = gatewayKinds[mesh.gateways[gateway]?.kind ?? 'ingress'];
  return ['IstioOperator', `/spec/components/${kind.component}/0/k8s/hpaSpec/minReplicas`];
}
