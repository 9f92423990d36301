import type { LiveRevision } from '../catalog/config/item.js';
import { configured, mergedConfig } from '../catalog/config.js';
import { istioApi } from '../catalog/istio-api.js';
import { rootNamespace } from '../catalog/namespaces.js';
import { since } from '../catalog/versions.js';
import { type FileSpec, fromObject, fromTemplate, fromText } from '../model/file-spec.js';
import { kustomization } from '../model/kustomization.js';
import type { Contribution } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf, controlPlaneRevisions } from '../model/revision.js';
import { configurationGuide } from './configuration.js';

/** What the root namespace holds: for all revisions, and a folder for each live one where an item has a copy of its own for it. */
export function configBases(mesh: Mesh): FileSpec[] {
  const telemetry = mergedConfig(mesh, 'telemetry');
  const templates = 'templates/bases/istio-config/mesh';
  const files: readonly FileSpec[] = [
    ...(mesh.adopted?.peerAuthentication === 'kept'
      ? []
      : [
          fromTemplate('peer-authentication.yaml', 'managed', `${templates}/peer-authentication.yaml`, {
            namespace: rootNamespace(mesh),
            apiVersion: istioApi(mesh, 'security.istio.io'),
          }),
        ]),
    ...(Object.keys(telemetry).length === 0
      ? []
      : [
          fromTemplate('telemetry.yaml', 'managed', `${templates}/telemetry.yaml`, {
            telemetry: istioApi(mesh, 'telemetry.istio.io'),
            namespace: rootNamespace(mesh),
            spec: telemetry,
          }),
        ]),
    ...configured(mesh).flatMap((item) => item.mesh ?? []),
  ];
  return [
    ...(files.length === 0 ? [] : folder(mesh, 'mesh', files)),
    ...Object.entries(mesh.revisions).flatMap(([revision, { version }]) =>
      copies(mesh, { revision, version, rootNamespace: rootNamespace(mesh) }),
    ),
  ];
}

function folder(mesh: Mesh, name: string, files: readonly FileSpec[], patches: readonly FileSpec[] = []): FileSpec[] {
  const base = `bases/${rootNamespace(mesh)}`;
  return [
    fromObject(
      `${base}/${name}/kustomization.yaml`,
      'managed',
      kustomization({
        resources: files.map(({ path }) => path),
        patches: patches.map(({ path }) => ({ path, target: { kind: 'EnvoyFilter' } })),
      }),
    ),
    ...[...files, ...patches].map((file) => ({ ...file, path: `${base}/${name}/${file.path}` })),
  ];
}

/** The copies for one revision. The field `priority` of an EnvoyFilter exists from 1.11 on. */
function copies(mesh: Mesh, live: LiveRevision): FileSpec[] {
  const files = configured(mesh).flatMap((item) => item.copies?.(live) ?? []);
  if (files.length === 0) return [];
  const withoutPriority = fromText(
    'without-priority.json',
    'managed',
    `${JSON.stringify([{ op: 'remove', path: '/spec/priority' }])}\n`,
  );
  return folder(mesh, `revision-${live.revision}`, files, since(live.version, '1.11') ? [] : [withoutPriority]);
}

/** Whether the root namespace gets nothing from here that holds for all revisions. */
function isMeshEmpty(mesh: Mesh): boolean {
  return (
    mesh.adopted?.peerAuthentication === 'kept' &&
    Object.keys(mergedConfig(mesh, 'telemetry')).length === 0 &&
    configured(mesh).every((item) => (item.mesh ?? []).length === 0)
  );
}

/** What configuration adds to the layers of one cluster: a revision's copies stay as long as its control plane. */
export function configContributions(mesh: Mesh, name: string): Contribution[] {
  const revisions = configured(mesh).some((item) => item.copies !== undefined)
    ? controlPlaneRevisions(clusterOf(mesh, name))
    : [];
  const base = `bases/${rootNamespace(mesh)}`;
  return [
    {
      layer: '6-mesh',
      resources: [
        ...(isMeshEmpty(mesh) ? [] : [`${base}/mesh`]),
        ...revisions.map((revision) => `${base}/revision-${revision}`),
      ],
    },
    ...configured(mesh).flatMap((item) => item.layers?.(name) ?? []),
  ];
}

/** What is there to be read: the chapter on configuration, and the examples that items bring, written once. */
export function configDocuments(mesh: Mesh): FileSpec[] {
  const examples = configured(mesh).flatMap((item) => item.examples ?? []);
  return [configurationGuide(mesh), ...examples.map((file) => ({ ...file, path: `docs/examples/${file.path}` }))];
}
