import { fromTemplate } from '../model/file-spec.js';
import { type Mesh, meshFile } from '../model/mesh.js';
import { render } from './render.js';

/** The text of a new istio-prod.yaml, with a comment for each key. */
export function newMeshFile(mesh: Mesh): string {
  const text = render(fromTemplate(meshFile, 'seeded', 'templates/istio-prod.yaml', mesh)).content.replace(/^.*\n/, '');
  const more = [
    ...(mesh.dataPlane === undefined ? [] : [`dataPlane: ${mesh.dataPlane}`]),
    ...(mesh.cni === undefined ? [] : [`cni: ${mesh.cni}`]),
  ];
  return text.replace(/^platform: .*$/m, (platform) => [platform, ...more].join('\n'));
}
