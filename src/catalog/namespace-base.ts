import { type FileSpec, fromObject, fromTemplate } from '../model/file-spec.js';
import { kustomization } from '../model/kustomization.js';
import type { Mesh } from '../model/mesh.js';
import { platforms } from './kinds.js';

/** The base of one namespace: the Namespace, and what the platform wants before pods of ours may run in it. */
export function namespaceBase(mesh: Mesh, namespace: string): FileSpec[] {
  const { permission } = platforms[mesh.platform];
  const folder = `bases/${namespace}/namespace`;
  const template = 'templates/bases/__namespace__/namespace';
  const permissions =
    permission === undefined
      ? []
      : [
          fromTemplate(`${folder}/${permission}`, 'managed', `${template}/${permission}`, {
            namespace,
            group: `system:serviceaccounts:${namespace}`,
          }),
        ];
  const resources = ['namespace.yaml', ...(permission === undefined ? [] : [permission])];
  return [
    fromObject(`${folder}/kustomization.yaml`, 'managed', kustomization({ resources })),
    fromTemplate(`${folder}/namespace.yaml`, 'managed', `${template}/namespace.yaml`, { namespace }),
    ...permissions,
  ];
}
