import { gatewayKinds } from '../catalog/kinds.js';
import { fromTemplate } from '../model/file-spec.js';
import { gatewayDeployment } from '../model/gateway.js';
import type { Contribution } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf, revisionOf, switchedOffRevisions } from '../model/revision.js';

/** The gateways that retire, switched off: their IstioOperators are still there, and make nothing. */
export function switchedOffGateways(mesh: Mesh, name: string): Contribution[] {
  const revisions = switchedOffRevisions(clusterOf(mesh, name)).filter(
    (revision) => revisionOf(mesh, revision).gateways === 'operator',
  );
  return revisions.flatMap((revision) =>
    Object.entries(mesh.gateways).map(([gateway, { kind }]): Contribution => {
      const deployment = gatewayDeployment(gateway, revision);
      const file = `${deployment}.off.yaml`;
      const template = 'overlays/clusters/__cluster__/4-gateways/__gateway__.off.yaml';
      return {
        layer: '4-gateways',
        resources: [`revisions/${revision}/gateways/${gateway}`],
        files: [
          fromTemplate(file, 'managed', template, {
            path: `/spec/components/${gatewayKinds[kind].component}/0/enabled`,
          }),
        ],
        patches: [{ path: file, target: { kind: 'IstioOperator', name: deployment } }],
      };
    }),
  );
}
