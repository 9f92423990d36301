import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AdoptRequest, adopt } from '../../src/changes/adopt.js';
import { isKubeObject, type KubeObject, listAt } from '../../src/model/kube-object.js';
import type { Mesh } from '../../src/model/mesh.js';
import { recognise } from '../../src/policy/adopt/recognise.js';
import { readDocuments } from '../../src/render/objects.js';

/** An installation of `test/adopt/installations`. */
export type Kind = 'helm-unrevisioned' | 'istioctl' | 'operator' | 'helm-revisioned';

/** Its objects. */
export function objectsOf(kind: Kind): KubeObject[] {
  const text = readFileSync(join(import.meta.dirname, '../adopt/installations', `${kind}.yaml`), 'utf8');
  return readDocuments(text)
    .flatMap((document) => [document, ...listAt(document, 'items')])
    .filter(isKubeObject);
}

/** What is recognised in objects. */
export function foundIn(objects: readonly KubeObject[]) {
  return recognise(objects, (text) => {
    try {
      return readDocuments(text)[0];
    } catch {
      return undefined;
    }
  });
}

/** What adopting them comes to. */
export function outcome(objects: readonly KubeObject[], more: Partial<AdoptRequest> = {}) {
  return adopt({
    engine: 'argo-cd',
    platform: 'kubernetes',
    repository: { url: 'https://git.example.com/istio.git', branch: 'main', path: '.' },
    render: false,
    found: foundIn(objects),
    forced: new Set(),
    ...more,
  });
}

/** The mesh beside an installation; throws where it is refused. */
export function adoptedMesh(kind: Kind, more: Partial<AdoptRequest> = {}): Mesh {
  const result = outcome(objectsOf(kind), more);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 2));
  return result.mesh;
}
