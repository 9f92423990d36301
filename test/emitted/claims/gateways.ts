import { expect } from 'vitest';
import { ofKind } from '../../support/emitted.js';
import { type GatewayPods, gatewayPods, selects } from '../../support/gateway-pods.js';
import { type Built, the } from '../../support/kubectl.js';
import type { Claims } from '../describe-upgrade.js';

export const gatewayClaims: Claims = {
  'every live revision has its pods of every gateway, once'(emitted) {
    const cluster = emitted.mesh.clusters[emitted.cluster];
    const live = (cluster?.revisions ?? []).filter((revision) => cluster?.retiring?.[revision] === undefined);
    const wanted = Object.keys(emitted.mesh.gateways).flatMap((gateway) =>
      live.map((revision) => `${gateway}-${revision}`),
    );
    const found = gatewayPods(emitted).map(({ deployment }) => deployment);
    expect(found.toSorted()).toStrictEqual(wanted.toSorted());
  },

  'the Deployments of a gateway select their own pods, and no pod of another'(emitted) {
    const pods = gatewayPods(emitted);
    for (const one of pods) {
      expect(one.matchLabels, one.deployment).toHaveProperty('version');
      expect(one.matchLabels, one.deployment).not.toHaveProperty(['istio.io/rev']);
      const picked = pods.filter(
        ({ namespace, labels }) => namespace === one.namespace && selects(one.matchLabels, labels),
      );
      expect(picked, one.deployment).toStrictEqual([one]);
    }
  },

  'all revisions of a gateway carry the label that Gateway resources select'(emitted) {
    for (const { gateway, deployment, labels } of gatewayPods(emitted)) {
      expect(labels['istio'], deployment).toBe(gateway.replace('istio-', ''));
    }
  },

  'gateway pods are pinned to a revision, never to a tag'(emitted) {
    const cluster = emitted.mesh.clusters[emitted.cluster];
    for (const { deployment, labels } of gatewayPods(emitted)) {
      expect(cluster?.revisions, deployment).toContain(labels['istio.io/rev']);
    }
  },

  'an injected gateway is injected: label, template and image say so'(emitted) {
    for (const { deployment, operated, source } of gatewayPods(emitted)) {
      if (operated) continue;
      const { metadata, spec } = source.spec.template;
      expect(metadata.labels['sidecar.istio.io/inject'], deployment).toBe('true');
      expect(metadata.annotations['inject.istio.io/templates'], deployment).toBe('gateway');
      expect(
        spec.containers.map(({ name, image }: Built) => [name, image]),
        deployment,
      ).toStrictEqual([['istio-proxy', 'auto']]);
    }
  },

  'a gateway has one ServiceAccount over all revisions, which may read its secrets'(emitted) {
    const bindings = ofKind(emitted, 'RoleBinding');
    for (const pods of gatewayPods(emitted)) {
      expect(serviceAccount(pods), pods.deployment).toBe(pods.gateway);
      const account = the(emitted.objects, 'ServiceAccount', pods.gateway);
      expect(account.metadata.namespace).toBe(pods.namespace);
      const roles = bindings
        .filter(({ subjects }) =>
          subjects.some(
            ({ kind, name, namespace }: Built) =>
              kind === 'ServiceAccount' && name === pods.gateway && namespace === pods.namespace,
          ),
        )
        .map(({ metadata, roleRef }) => {
          expect(metadata.namespace).toBe(pods.namespace);
          expect(roleRef.kind).toBe('Role');
          return the(emitted.objects, 'Role', roleRef.name);
        });
      expect(
        roles.flatMap(({ rules }) => rules),
        pods.gateway,
      ).toStrictEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch'] }]);
    }
  },

  'a HorizontalPodAutoscaler keeps two pods at least, and nothing else sets their number'(emitted) {
    for (const { deployment, namespace, operated, source } of gatewayPods(emitted)) {
      if (operated) {
        expect(source.k8s, deployment).not.toHaveProperty('replicaCount');
        expect(Object.keys(source.k8s.hpaSpec).toSorted(), deployment).toStrictEqual(['maxReplicas', 'minReplicas']);
        expectRange(source.k8s.hpaSpec, deployment);
        continue;
      }
      expect(source.spec, deployment).not.toHaveProperty('replicas');
      const scaler = the(emitted.objects, 'HorizontalPodAutoscaler', deployment);
      expect(scaler.metadata.namespace).toBe(namespace);
      expect(scaler.spec.scaleTargetRef).toStrictEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: deployment });
      expectRange(scaler.spec, deployment);
    }
  },

  'a PodDisruptionBudget covers the pods of one Deployment, and lets a node be drained'(emitted) {
    const pods = gatewayPods(emitted);
    for (const { deployment, operated, source, namespace, matchLabels } of pods) {
      const budget = operated
        ? source.k8s.podDisruptionBudget
        : the(emitted.objects, 'PodDisruptionBudget', deployment).spec;
      const least = operated
        ? source.k8s.hpaSpec.minReplicas
        : the(emitted.objects, 'HorizontalPodAutoscaler', deployment).spec.minReplicas;
      expect(budget.minAvailable, deployment).toBeLessThan(least);
      if (!operated) {
        expect(budget.selector, deployment).toStrictEqual({ matchLabels });
        expect(the(emitted.objects, 'PodDisruptionBudget', deployment).metadata.namespace).toBe(namespace);
      }
    }
  },

  'a gateway drains for longer than a load balancer needs, and ends before it is killed'(emitted) {
    for (const pods of gatewayPods(emitted)) {
      const config = JSON.parse(annotations(pods)['proxy.istio.io/config'] ?? '{}');
      const drain = Number.parseInt(config.terminationDrainDuration, 10);
      expect(config.terminationDrainDuration, pods.deployment).toBe(`${drain}s`);
      expect(drain, pods.deployment).toBeGreaterThanOrEqual(15);
      expect(graceOf(pods), pods.deployment).toBeGreaterThan(drain);
    }
  },

  'a rollout of a gateway never has fewer pods, and is given up after minutes'(emitted) {
    for (const pods of gatewayPods(emitted)) {
      const strategy = pods.operated ? pods.source.k8s.strategy : pods.source.spec.strategy;
      expect(strategy.rollingUpdate.maxUnavailable, pods.deployment).toBe(0);
      const seconds = pods.operated
        ? overlay(pods.source, 'spec.progressDeadlineSeconds')
        : pods.source.spec.progressDeadlineSeconds;
      expect(seconds, pods.deployment).toBeGreaterThanOrEqual(60);
      expect(seconds, pods.deployment).toBeLessThanOrEqual(300);
    }
  },

  'a gateway that nothing injects is told its own istiod and the settings of the mesh'(emitted) {
    const { mesh } = emitted;
    for (const { spec, metadata } of ofKind(emitted, 'IstioOperator')) {
      for (const gateway of [...(spec.components.ingressGateways ?? []), ...(spec.components.egressGateways ?? [])]) {
        const proxyConfig = gateway.k8s.env.find(({ name }: Built) => name === 'PROXY_CONFIG')?.value;
        const injected = Object.values(spec.values.gateways ?? {}).some(
          (values) => (values as Built).injectionTemplate === 'gateway',
        );
        expect(injected, metadata.name).toBe(proxyConfig === undefined);
        const namespace = spec.values.global.istioNamespace;
        if (!injected) {
          expect(JSON.parse(proxyConfig), metadata.name).toMatchObject({
            discoveryAddress: `istiod-${spec.revision}.${namespace}.svc:15012`,
            proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' },
          });
        }
        const plane = the(emitted.objects, 'IstioOperator', `control-plane-${spec.revision}`);
        expect(plane.metadata.namespace, metadata.name).toBe(namespace);
        expect(spec.hub, metadata.name).toBe(mesh.hub);
        expect(spec.meshConfig.trustDomain, metadata.name).toBe(plane.spec.meshConfig.trustDomain);
        expect(plane.spec.values.global, metadata.name).toMatchObject(spec.values.global);
      }
    }
  },
};

function expectRange({ minReplicas, maxReplicas }: Built, deployment: string): void {
  expect(minReplicas, deployment).toBeGreaterThanOrEqual(2);
  expect(maxReplicas, deployment).toBeGreaterThan(minReplicas);
}

function serviceAccount({ operated, source }: GatewayPods): string {
  return operated
    ? overlay(source, 'spec.template.spec.serviceAccountName')
    : source.spec.template.spec.serviceAccountName;
}

function annotations({ operated, source }: GatewayPods): Readonly<Record<string, string>> {
  return operated ? source.k8s.podAnnotations : source.spec.template.metadata.annotations;
}

function graceOf({ operated, source }: GatewayPods): number {
  return operated
    ? overlay(source, 'spec.template.spec.terminationGracePeriodSeconds')
    : source.spec.template.spec.terminationGracePeriodSeconds;
}

/** What an operator gateway's overlay puts at a path of its Deployment. */
function overlay(source: Built, path: string): Built {
  const [only, ...others] = source.k8s.overlays;
  expect([only.kind, only.name, others.length]).toStrictEqual(['Deployment', source.name, 0]);
  return only.patches.find((patch: Built) => patch.path === path)?.value;
}
