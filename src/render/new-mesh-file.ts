import { fromTemplate } from '../model/file-spec.js';
import { type Mesh, meshFile } from '../model/mesh.js';
import { render } from './render.js';
import { toBlock, toScalar } from './yaml.js';

/** The text of a new istio-prod.yaml, with a comment for each key. */
export function newMeshFile(mesh: Mesh): string {
  const text = render(fromTemplate(meshFile, 'seeded', 'templates/istio-prod.yaml', mesh)).content.replace(/^.*\n/, '');
  const more = [
    ...(mesh.dataPlane === undefined ? [] : [`dataPlane: ${mesh.dataPlane}`]),
    ...(mesh.cni === undefined ? [] : [`cni: ${mesh.cni}`]),
  ];
  const root = mesh.namespaces.root === undefined ? '' : `\n  root: ${toScalar(mesh.namespaces.root)}`;
  return text
    .replace(/^platform: .*$/m, (platform) => [platform, ...more].join('\n'))
    .replace(/^ {2}gateways: (shared|dedicated)$/m, (gateways) => gateways + root)
    .replace('# The installed Istio versions.', (revisions) => beside(mesh) + revisions);
}

/** What only a mesh has that workloads, or a whole installation, still come into. */
function beside({ adopting, adopted }: Mesh): string {
  const parts = [
    ...(adopting === undefined
      ? []
      : [`# Workloads still come in: nothing may shut them out. Take it away at the end.\nadopting: ${adopting}`]),
    ...(adopted === undefined
      ? []
      : [
          `# The Istio that was there before, for docs/adopting.md. Take it away when that is gone.\nadopted:${toBlock(adopted, 2)}`,
        ]),
  ];
  return parts.map((part) => `${part.trimEnd()}\n\n`).join('');
}
