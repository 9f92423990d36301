import { expect } from 'vitest';
import { type Emitted, nameOf, objectsIn, ofKind } from '../../support/emitted.js';
import { istioOperatorProblems } from '../../support/istio-operator-schema.js';
import { kindOf, schemaElsewhere, schemaProblems } from '../../support/strict-schema.js';
import type { Claims } from '../describe-upgrade.js';

export const schemaClaims: Claims = {
  'every object has the fields of its kind, and no other'(emitted) {
    for (const object of emitted.objects) {
      if (schemaElsewhere[kindOf(object)] === undefined)
        expect(schemaProblems(object), nameOf(object)).toStrictEqual([]);
    }
  },

  'what hands a cluster over has the fields of its kind, and no other'(emitted) {
    for (const file of [`${emitted.cluster}.yaml`, 'argocd-cm.yaml']) {
      for (const object of objectsIn(emitted, `delivery/argo-cd/${file}`)) {
        expect(schemaProblems(object), nameOf(object)).toStrictEqual([]);
      }
    }
  },

  'the oldest live operator decodes every IstioOperator: one that it cannot would stop it for all'(emitted) {
    for (const version of liveVersions(emitted)) {
      for (const object of ofKind(emitted, 'IstioOperator')) {
        expect(istioOperatorProblems(object, version, 'decodes'), `${version} reads ${nameOf(object)}`).toStrictEqual(
          [],
        );
      }
    }
  },

  'the operator of its revision knows every value and mesh setting of an IstioOperator'(emitted) {
    for (const object of ofKind(emitted, 'IstioOperator')) {
      expect(istioOperatorProblems(object, object.spec.tag, 'merges'), nameOf(object)).toStrictEqual([]);
    }
  },
};

function liveVersions({ mesh, cluster }: Emitted): string[] {
  return (mesh.clusters[cluster]?.revisions ?? []).flatMap((revision) => mesh.revisions[revision]?.version ?? []);
}
