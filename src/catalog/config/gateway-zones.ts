import * as z from 'zod';
import { fromText } from '../../model/file-spec.js';
import { notInGit } from '../chosen-gateways.js';
import { configItem } from './item.js';

/** A merge would add a constraint of its own: kustomize tells them apart by this very field. */
const patch = `${JSON.stringify(
  [
    {
      op: 'replace',
      path: '/spec/template/spec/topologySpreadConstraints/0/whenUnsatisfiable',
      value: 'DoNotSchedule',
    },
  ],
  undefined,
  2,
)}\n`;

/** Pods of every gateway in every zone (kubernetes.io/docs, Pod Topology Spread Constraints). */
export const gatewayZones = configItem({
  group: 'gateways',
  title: 'The pods of each gateway must spread evenly over the zones; without it they only prefer to.',
  cost: 'The gateways of all live revisions roll, new pods first. A pod that would make zones uneven is not scheduled, so every node needs the label topology.kubernetes.io/zone, and every zone room.',
  since: '1.10',
  unfit: notInGit,
  settings: z.strictObject({}),
  parts: () => ({
    layers: () => [
      {
        layer: '4-gateways',
        files: [fromText('zones.json', 'managed', patch)],
        patches: [{ path: 'zones.json', target: { kind: 'Deployment' } }],
      },
    ],
  }),
});
