import { engines, installs } from '../catalog/catalog.js';
import { namespaceBase } from '../catalog/namespace-base.js';
import { controlPlaneNamespaces, gatewayNamespaces, rootNamespace } from '../catalog/namespaces.js';
import type { FileSpec } from '../model/file-spec.js';
import type { Mesh } from '../model/mesh.js';
import { revisionOf } from '../model/revision.js';
import { admissionBase } from './admission.js';
import { adoptingGuide } from './adopting.js';
import { clusterFiles } from './cluster.js';
import { configBases, configDocuments } from './config.js';
import { documents } from './documents.js';
import { gatewayBases, revisionGateways } from './gateways.js';

/** Every file that a mesh calls for, except istio-prod.yaml itself and the lock: the table of contents of the emitted repository. */
export function layout(mesh: Mesh): FileSpec[] {
  const revisions = Object.keys(mesh.revisions);
  return [
    ...documents(mesh),
    ...adoptingGuide(mesh),
    ...configDocuments(mesh),
    ...bases(mesh),
    ...revisions.flatMap((revision) => [
      ...installs[revisionOf(mesh, revision).install].revisionFiles(mesh, revision),
      ...revisionGateways(mesh, revision),
    ]),
    ...Object.keys(mesh.clusters).flatMap((cluster) => clusterFiles(mesh, cluster)),
    ...engines[mesh.engine].files(mesh),
  ];
}

/** One folder a namespace, cut by layer. */
function bases(mesh: Mesh): FileSpec[] {
  const namespaces = [
    rootNamespace(mesh),
    ...controlPlaneNamespaces(mesh, Object.keys(mesh.revisions)),
    ...gatewayNamespaces(mesh),
  ];
  return [
    ...[...new Set(namespaces)].flatMap((namespace) => namespaceBase(mesh, namespace)),
    ...configBases(mesh),
    ...Object.values(installs).flatMap((install) => install.baseFiles(mesh)),
    ...admissionBase(mesh),
    ...gatewayBases(mesh),
  ];
}
