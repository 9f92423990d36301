import { defaultValidator } from '../catalog/validators.js';
import { adopted } from '../model/adopted.js';
import { type FileSpec, fromTemplate } from '../model/file-spec.js';
import type { Contribution } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf, controlPlaneNamespace } from '../model/revision.js';

const folder = 'overlays/clusters/__cluster__/5-switch';

/**
 * What else decides who serves: the revision tags, and what belongs to the default revision.
 *
 * They are hand-owned here, not listed in a revision: a tag in two releases has two owners, and istiod patches the CA
 * only where the label istio.io/rev names its own revision, so label and Service move in one edit.
 */
export function switchContributions(mesh: Mesh, name: string): Contribution[] {
  const cluster = clusterOf(mesh, name);
  const files: FileSpec[] = [
    ...Object.entries(cluster.tags).map(([tag, revision]) =>
      fromTemplate(`tag-${tag}.yaml`, 'managed', `${folder}/tag-__tag__.yaml`, {
        ...target(mesh, revision),
        tag,
        name: `istio-revision-tag-${tag}`,
      }),
    ),
    ...defaultFiles(mesh, cluster.default),
  ];
  return [{ layer: '5-switch', files, resources: files.map(({ path }) => `./${path}`) }];
}

/** The Service `istiod` for all that asks for the unrevisioned name, the default tag, and the default validator where base has none. */
function defaultFiles(mesh: Mesh, revision: string): FileSpec[] {
  // The installation that was there before keeps its own until the phase `default`.
  if (revision === adopted) return [];
  const data = target(mesh, revision);
  const validator = defaultValidator(mesh, revision);
  const template = `${folder}/${validator === 'named' ? 'default-validator.named.yaml' : 'default-validator.yaml'}`;
  return [
    fromTemplate('default-istiod.yaml', 'managed', `${folder}/default-istiod.yaml`, data),
    fromTemplate('default-tag.yaml', 'managed', `${folder}/default-tag.yaml`, data),
    ...(validator === 'base'
      ? []
      : [
          fromTemplate('default-validator.yaml', 'managed', template, {
            ...data,
            validator: `istiod-${data.namespace}`,
          }),
        ]),
  ];
}

function target(mesh: Mesh, revision: string) {
  return { revision, istiod: `istiod-${revision}`, namespace: controlPlaneNamespace(mesh, revision) };
}
