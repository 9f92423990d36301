import type { Mesh } from '../model/mesh.js';
import type { Problem } from '../model/problem.js';

/** What of a mesh cannot change once it was written, because live objects are named after it. */
export type Settled = Pick<Mesh, 'namespaces' | 'revisions' | 'gateways'>;

export function settledOf({ namespaces, revisions, gateways }: Mesh): Settled {
  return { namespaces, revisions, gateways };
}

/**
 * Objects cannot move to another namespace, and a revision is frozen: an edit of these would delete what serves and make
 * it anew somewhere else.
 */
export function checkSettled(settled: Settled | undefined, mesh: Mesh): Problem[] {
  if (settled === undefined) return [];
  const moved = differing({ namespaces: settled.namespaces }, { namespaces: mesh.namespaces });
  return [
    ...moved,
    ...differing(settled.revisions, mesh.revisions, 'revisions.'),
    ...differing(settled.gateways, mesh.gateways, 'gateways.'),
  ].map((key) => ({
    rule: 'settled',
    message: `${key} of istio-prod.yaml has changed; live objects are named after it.`,
    fix: key.startsWith('revisions.')
      ? 'Put the old value back, and add another version with yo istio-prod:revision'
      : 'Put the old value back',
  }));
}

/** The keys that both have with different values; what was removed is no change. */
function differing(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  prefix = '',
): string[] {
  return Object.keys(before)
    .filter((key) => after[key] !== undefined && JSON.stringify(after[key]) !== JSON.stringify(before[key]))
    .map((key) => prefix + key);
}
