import type { Mesh } from '../model/mesh.js';
import { revisionOf } from '../model/revision.js';
import { minorFor } from './versions.js';

/**
 * Who checks Istio's resources that name no revision, where this one is the default.
 *
 * `own`: from 1.11 on, the default validator, into which istiod puts its CA by the label istio.io/rev. Before, istiod looks
 * for `istiod-<its namespace>` (istio/istio@1.10.3 pilot/pkg/bootstrap/validation.go), which base makes, and which calls the
 * Service `istiod` of that namespace and is never taken away. `base`: so it stays in a namespace that all share. `named`: in
 * a namespace of its own it would outlive that Service, and refuse every write; so it is ours, under that name.
 */
export function defaultValidator(mesh: Mesh, revision: string): 'own' | 'named' | 'base' {
  if (minorFor(revisionOf(mesh, revision).version).revisionValidators) return 'own';
  return mesh.namespaces.controlPlane === 'per-revision' ? 'named' : 'base';
}
