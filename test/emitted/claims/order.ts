import { expect } from 'vitest';
import { nameOf } from '../../support/emitted.js';
import type { Built } from '../../support/kubectl.js';
import type { Claims } from '../describe-upgrade.js';

const wave = 'argocd.argoproj.io/sync-wave';
const gatewayNamespace = /^istio-(gateways|ingress|egress|eastwest)$/;

export const orderClaims: Claims = {
  'every object waits for its layer: what it needs is healthy before it is applied'({ objects }) {
    for (const object of objects) {
      expect(object.metadata.annotations?.[wave], nameOf(object)).toBe(String(layerOf(object) * 10));
    }
  },

  'no pod template carries the wave: a new number would restart the pods'({ objects }) {
    for (const { kind, metadata, spec } of objects) {
      if (spec === undefined) continue;
      expect(JSON.stringify(spec), `${kind} ${metadata.name}`).not.toContain(wave);
    }
  },

  'what the operators do not make yet is no obstacle to the first sync'({ objects }) {
    const own = objects
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map(({ spec }) => `${spec.group} ${spec.names.kind}`);
    for (const object of objects.filter(({ apiVersion }) => /\.(istio\.io|coreos\.com)\//.test(apiVersion))) {
      if (own.includes(`${object.apiVersion.split('/')[0]} ${object.kind}`)) continue;
      expect(object.metadata.annotations['argocd.argoproj.io/sync-options'], nameOf(object)).toContain(
        'SkipDryRunOnMissingResource=true',
      );
    }
  },

  'Namespaces, CustomResourceDefinitions, tags and what traffic enters by are never pruned or deleted'({ objects }) {
    const lasting = objects.filter(
      ({ kind, metadata }) =>
        ['Namespace', 'CustomResourceDefinition', 'MutatingWebhookConfiguration'].includes(kind) ||
        (kind === 'Service' && gatewayNamespace.test(metadata.namespace)),
    );
    for (const object of lasting) {
      const { annotations } = object.metadata;
      expect(annotations['argocd.argoproj.io/sync-options'], nameOf(object)).toBe('Prune=false,Delete=false');
      expect(annotations['kustomize.toolkit.fluxcd.io/prune'], nameOf(object)).toBe('disabled');
    }
  },

  'what belongs to one revision can be pruned'({ objects }) {
    for (const object of objects.filter(({ metadata }) => /-\d+-\d+-\d+$/.test(metadata.name))) {
      if (object.kind === 'Namespace') continue;
      const options = object.metadata.annotations['argocd.argoproj.io/sync-options'] ?? '';
      expect(options, nameOf(object)).not.toMatch(/Prune|Delete/);
    }
  },
};

/** The number of the layer that an object belongs to; the gate lies between the gateways and the switch. */
function layerOf({ apiVersion, kind, metadata, spec }: Built): number {
  if (metadata.name === 'gateways-ready') return 4.5;
  switch (kind) {
    case 'Namespace':
    case 'CustomResourceDefinition':
      return 1;
    case 'ClusterRole':
    case 'ClusterRoleBinding':
      return 2;
    case 'MutatingWebhookConfiguration':
    case 'ValidatingWebhookConfiguration':
      return 5;
    case 'IstioOperator':
      return (spec.components.ingressGateways ?? spec.components.egressGateways) ? 4 : 3;
    case 'ServiceMonitor':
    case 'PodMonitor':
    case 'PrometheusRule':
      return 6;
  }
  if (apiVersion.includes('.istio.io/')) return 6;
  // Who may do what in a namespace is settled with the namespace.
  if (kind === 'RoleBinding') return 1;
  if (metadata.namespace === 'istio-operator') return 2;
  if (kind === 'ConfigMap') return Number(metadata.name.match(/^istio-prod-(\d)-/)?.[1]);
  if (kind === 'Service') return metadata.name.endsWith('-listeners') ? 1 : 5;
  return ['Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget'].includes(kind) ? 4 : 1;
}
