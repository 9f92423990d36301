import * as z from 'zod';
import { fromTemplate } from '../../model/file-spec.js';
import { configItem } from './item.js';

/** Pods of every gateway in every zone (kubernetes.io/docs, Pod Topology Spread Constraints). */
export const gatewayZones = configItem({
  group: 'gateways',
  title: 'The pods of each gateway must spread evenly over the zones; without it they only prefer to.',
  cost: 'The gateways of all live revisions roll, new pods first. A pod that would make zones uneven is not scheduled, so every node needs the label topology.kubernetes.io/zone, and every zone room.',
  since: '1.10',
  unfit: (mesh) =>
    Object.values(mesh.revisions).some(({ gateways }) => gateways === 'operator')
      ? 'gateways that an operator makes are not in Git, and an IstioOperator cannot spread them'
      : undefined,
  settings: z.strictObject({}),
  parts: () => ({
    layers: () => [
      {
        layer: '4-gateways',
        files: [fromTemplate('zones.patch.yaml', 'managed', 'templates/config/gateway-zones/zones.patch.yaml', {})],
        patches: [{ path: 'zones.patch.yaml', target: { kind: 'Deployment' } }],
      },
    ],
  }),
});
