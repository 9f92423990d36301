import { type FileSpec, fromObject, fromTemplate } from '../model/file-spec.js';
import { gatewayDeployment } from '../model/gateway.js';
import { kustomization } from '../model/kustomization.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf, gatewayRevisions, revisionOf } from '../model/revision.js';
import { gatewayNamespace, rootNamespace } from './namespaces.js';
import { podSecurity } from './pod-security.js';

export const gateFolder = 'gateways-ready';

/** The Deployments that an operator makes are not in Git, and the status of an IstioOperator can be stale: a Job looks at them before the switch. */
export function gateFiles(mesh: Mesh, cluster: string): FileSpec[] {
  const gateways = operatedGateways(mesh, cluster);
  if (gateways.length === 0) return [];
  const folder = `clusters/${cluster}/${gateFolder}`;
  const template = `overlays/clusters/__cluster__/${gateFolder}`;
  const namespaces = [...new Set(gateways.map(({ namespace }) => namespace))];
  const oldest = revisionOf(mesh, clusterOf(mesh, cluster).revisions[0] ?? '').version;
  const containers = gateways.map(({ namespace, deployment }) => ({
    name: deployment,
    image: mesh.upgrade.gateImage,
    args: ['rollout', 'status', `deployment/${deployment}`, `--namespace=${namespace}`, '--timeout=120s'],
    resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  }));
  return [
    fromObject(
      `${folder}/kustomization.yaml`,
      'managed',
      kustomization({
        resources: ['job.yaml', 'service-account.yaml', ...namespaces.map((namespace) => `rbac-${namespace}.yaml`)],
      }),
    ),
    fromTemplate(`${folder}/job.yaml`, 'managed', `${template}/job.yaml`, {
      namespace: rootNamespace(mesh),
      containers,
      podSecurity: podSecurity(oldest, 65532),
    }),
    fromTemplate(`${folder}/service-account.yaml`, 'managed', `${template}/service-account.yaml`, {
      namespace: rootNamespace(mesh),
    }),
    ...namespaces.map((namespace) =>
      fromTemplate(`${folder}/rbac-${namespace}.yaml`, 'managed', `${template}/rbac-__namespace__.yaml`, {
        namespace,
        rootNamespace: rootNamespace(mesh),
      }),
    ),
  ];
}

/** The gateways of a cluster that an operator makes. */
export function operatedGateways(mesh: Mesh, cluster: string) {
  return gatewayRevisions(clusterOf(mesh, cluster))
    .filter((revision) => revisionOf(mesh, revision).gateways === 'operator')
    .flatMap((revision) =>
      Object.keys(mesh.gateways).map((gateway) => ({
        namespace: gatewayNamespace(mesh, gateway),
        deployment: gatewayDeployment(gateway, revision),
      })),
    );
}
