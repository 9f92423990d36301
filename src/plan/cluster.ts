import { engines, installs } from '../catalog/catalog.js';
import { controlPlaneNamespaces, rootNamespace } from '../catalog/namespaces.js';
import { type FileSpec, fromObject, fromTemplate } from '../model/file-spec.js';
import { kustomization } from '../model/kustomization.js';
import { type Contribution, type LayerName, layerNames } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf } from '../model/revision.js';
import { admissionContributions } from './admission.js';
import { configContributions } from './config.js';
import { gatewayContributions } from './gateways.js';
import { restartComponents } from './restarts.js';
import { switchContributions } from './switch.js';

/** Everything under clusters/<cluster>: the layers, the team's own patches, and the kustomization of them all. */
export function clusterFiles(mesh: Mesh, name: string): FileSpec[] {
  const contributions = [
    ...sharedContributions(mesh, name),
    ...configContributions(mesh, name),
    ...Object.values(installs).flatMap((install) => install.contributions(mesh, name)),
    ...admissionContributions(mesh),
    ...gatewayContributions(mesh, name),
    ...switchContributions(mesh, name),
  ];
  const gates = engines[mesh.engine].gates(mesh, name);
  const folders = layerNames.flatMap((layer) => [
    layer,
    ...gates.filter(({ after }) => after === layer).map(({ folder }) => folder),
  ]);
  return [
    fromObject(`clusters/${name}/kustomization.yaml`, 'managed', kustomization({ resources: folders })),
    ...layerNames.flatMap((layer) =>
      layerFiles(
        mesh,
        name,
        layer,
        contributions.filter((part) => part.layer === layer),
      ),
    ),
    ...restartComponents(mesh, name),
  ];
}

/** One layer: the kustomization, what was added to it, and the folder of the team's own patches, written once. */
function layerFiles(mesh: Mesh, name: string, layer: LayerName, parts: readonly Contribution[]): FileSpec[] {
  const folder = `clusters/${name}/${layer}`;
  const files = parts.flatMap((part) => part.files ?? []);
  // A namespace may be that of a control plane and of a gateway too.
  const resources = [...new Set(parts.flatMap((part) => part.resources ?? []))].map((path) =>
    path.startsWith('./') ? path.slice(2) : `../../../${path}`,
  );
  return [
    fromObject(
      `${folder}/kustomization.yaml`,
      'managed',
      kustomization({
        resources,
        components: [
          `../custom/${layer}`,
          ...engines[mesh.engine].layerComponents(layer).map((path) => `../../../${path}`),
        ],
        patches: parts.flatMap((part) => part.patches ?? []),
        images: parts.flatMap((part) => part.images ?? []),
      }),
    ),
    ...files.map((file) => ({ ...file, path: `${folder}/${file.path}` })),
    fromTemplate(
      `clusters/${name}/custom/${layer}/kustomization.yaml`,
      'seeded',
      'overlays/clusters/__cluster__/custom/__layer__/kustomization.yaml',
      { layer },
    ),
  ];
}

/** What every cluster has: the root namespace and the namespaces of its control planes. */
function sharedContributions(mesh: Mesh, name: string): Contribution[] {
  const cluster = clusterOf(mesh, name);
  return [
    {
      layer: '1-namespaces',
      resources: [
        `bases/${rootNamespace(mesh)}/namespace`,
        ...controlPlaneNamespaces(mesh, cluster.revisions).map((namespace) => `bases/${namespace}/namespace`),
      ],
      files: [
        fromTemplate('network.patch.yaml', 'managed', 'overlays/clusters/__cluster__/1-namespaces/network.patch.yaml', {
          network: cluster.network,
        }),
      ],
      patches: [{ path: 'network.patch.yaml', target: { kind: 'Namespace', name: 'istio-system.*' } }],
    },
  ];
}
