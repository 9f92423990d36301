import { expect } from 'vitest';
import { nameOf } from '../../support/emitted.js';
import { gatewayPods } from '../../support/gateway-pods.js';
import type { Claims } from '../describe-upgrade.js';
import { controlPlanes } from './operators.js';

export const ownerClaims: Claims = {
  'no object is built twice'({ objects }) {
    const names = objects.map((object) => `${object.apiVersion.split('/')[0]} ${nameOf(object)}`);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toStrictEqual([]);
  },

  'no object of ours is one that an operator makes'(emitted) {
    const made = [
      ...gatewayPods(emitted)
        .filter(({ operated }) => operated)
        .flatMap(({ deployment, namespace }) => [
          ...['Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'].map(
            (kind) => `${kind} ${namespace}/${deployment}`,
          ),
          `ServiceAccount ${namespace}/${deployment}-service-account`,
          `Role ${namespace}/${deployment}-sds`,
          `RoleBinding ${namespace}/${deployment}-sds`,
        ]),
      ...controlPlanes(emitted.objects).flatMap(({ metadata, spec }) => [
        ...['Deployment', 'Service', 'ServiceAccount', 'Role', 'RoleBinding'].map(
          (kind) => `${kind} ${metadata.namespace}/istiod-${spec.revision}`,
        ),
        `MutatingWebhookConfiguration istio-sidecar-injector-${spec.revision}`,
        `ValidatingWebhookConfiguration istio-validator-${spec.revision}-${metadata.namespace}`,
      ]),
    ];
    const ours = emitted.objects.map(nameOf);
    expect(made.filter((name) => ours.includes(name))).toStrictEqual([]);
  },

  // An operator deletes by these labels (istio/istio operator/pkg/helmreconciler/prune.go): ours would go with its own.
  'no object of ours carries a label by which operators delete'({ objects }) {
    for (const object of objects) {
      const labels = Object.keys(object.metadata.labels ?? {});
      expect(
        labels.filter((label) => label.includes('operator.istio.io')),
        nameOf(object),
      ).toStrictEqual([]);
    }
  },

  'version is a string wherever it is a label or selects one'({ objects }) {
    for (const object of objects) {
      for (const version of versions(object)) expect(version, nameOf(object)).toMatch(/^\d+_\d+_\d+$/);
    }
  },
};

/** Every value below a key `version` in labels and selectors, however deep. */
function versions(value: unknown, within = ''): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) =>
    key === 'version' && /^(label|labels|matchLabels|selector)$/.test(within)
      ? [below]
      : versions(below, Array.isArray(value) ? within : key),
  );
}
