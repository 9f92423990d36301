import { addRevision } from '../../src/changes/add-revision.js';
import { type BootstrapRequest, bootstrap } from '../../src/changes/bootstrap.js';
import type { Mesh } from '../../src/model/mesh.js';
import type { PhaseName } from '../../src/policy/phases.js';

/** The answers that a mesh has where nobody gives others. */
export const request: BootstrapRequest = {
  version: '1.9.5',
  install: 'operator',
  engine: 'argo-cd',
  platform: 'kubernetes',
  gateways: ['ingress'],
  gatewayNamespaces: 'shared',
  controlPlaneNamespaces: 'shared',
  clusters: ['production'],
  repository: { url: 'https://git.example.com/platform/istio.git', branch: 'main', path: '.' },
  hub: 'docker.io/istio',
};

/** A mesh as the commands make it; throws where the commands would refuse. */
export function aMesh(answers: Partial<BootstrapRequest> = {}): Mesh {
  const result = bootstrap({ ...request, ...answers });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.mesh;
}

/** The mesh after an upgrade through a phase; throws where the command would refuse. */
export function upgraded(
  mesh: Mesh,
  version: string,
  through: PhaseName,
  gateways?: BootstrapRequest['gatewayInstall'],
): Mesh {
  const outcome = addRevision(mesh, { version, through, gateways, forced: new Set() });
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
  return outcome.steps.at(-1)?.mesh ?? mesh;
}
