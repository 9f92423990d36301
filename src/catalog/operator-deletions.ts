import semver from 'semver';
import type { Revision } from '../model/mesh.js';

/*
 * What an operator does when an IstioOperator with a revision is deleted, by version: read at every tag from 1.9.0 to
 * 1.23.6 in istio/istio, operator/pkg/helmreconciler: PruneControlPlaneByRevisionWithController and GetPrunedResources of
 * prune.go, Delete of reconciler.go.
 */

/**
 * Whether it lets an IstioOperator go and leaves all behind that it made of it, while any proxy is connected to the istiod
 * of the revision. A gateway of the revision is such a proxy. Mended in 1.10.6, 1.11.5, 1.12.7 and 1.13.0: there only a
 * control plane is asked for proxies, and stays until none is left.
 */
export function leavesBehind({ install, version }: Pick<Revision, 'install' | 'version'>): boolean {
  return install === 'operator' && among(version, '<1.10.6 || >=1.11.0-0 <1.11.5 || >=1.12.0-0 <1.12.7');
}

/** Whether it deletes by revision and component, and so the other gateways of that component too; by owner from 1.14.6 and 1.15.4. */
export function deletesByComponent({ install, version }: Pick<Revision, 'install' | 'version'>): boolean {
  return install === 'operator' && among(version, '<1.14.6 || >=1.15.0-0 <1.15.4');
}

/** Whether it deletes what base made as well, where that bears the revision's name: until 1.10. */
export function deletesBase({ install, version }: Pick<Revision, 'install' | 'version'>): boolean {
  return install === 'operator' && semver.lt(version, '1.10.0');
}

/**
 * Whether its gateways are switched off before their IstioOperators go. An operator prunes what is switched off by the
 * owner, whoever is connected, and the IstioOperator has nothing left then that could stay behind.
 */
export function switchesGatewaysOff(revision: Revision): boolean {
  return revision.gateways === 'operator' && leavesBehind(revision);
}

/** A pre-release is taken for what comes before its release. */
function among(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}
