import semver from 'semver';
import { expect } from 'vitest';
import { since } from '../../../src/catalog/versions.js';
import { nameOf, ofKind } from '../../support/emitted.js';
import type { Built } from '../../support/kubectl.js';
import { the } from '../../support/kubectl.js';
import type { Claims } from '../describe-upgrade.js';

export const operatorClaims: Claims = {
  'each live revision has an operator of its own version, which takes its own resources only'(emitted) {
    const { mesh, cluster } = emitted;
    const operators = ofKind(emitted, 'Deployment').filter(({ metadata }) => metadata.namespace === 'istio-operator');
    const revisions = mesh.clusters[cluster]?.revisions ?? [];
    expect(operators.map(({ metadata }) => metadata.name).toSorted()).toStrictEqual(
      revisions.map((revision) => `istio-operator-${revision}`).toSorted(),
    );
    for (const revision of revisions) {
      const { spec } = the(operators, 'Deployment', `istio-operator-${revision}`);
      const [container] = spec.template.spec.containers;
      expect(container.image).toBe(`${mesh.hub}/operator:${mesh.revisions[revision]?.version}`);
      expect(envOf(container, 'REVISION')).toBe(revision);
    }
  },

  'every operator watches every namespace that holds an IstioOperator'(emitted) {
    const holding = new Set(ofKind(emitted, 'IstioOperator').map(({ metadata }) => metadata.namespace));
    for (const { metadata, spec } of ofKind(emitted, 'Deployment')) {
      if (metadata.namespace !== 'istio-operator') continue;
      const watched = envOf(spec.template.spec.containers[0], 'WATCH_NAMESPACE')?.split(',') ?? [];
      for (const namespace of holding) expect(watched, metadata.name).toContain(namespace);
    }
  },

  'every IstioOperator is of a revision whose operator is there, and asks for that version'(emitted) {
    for (const object of ofKind(emitted, 'IstioOperator')) {
      const { revision, tag, hub } = object.spec;
      the(emitted.objects, 'Deployment', `istio-operator-${revision}`);
      expect(tag, nameOf(object)).toBe(emitted.mesh.revisions[revision]?.version);
      expect(hub, nameOf(object)).toBe(emitted.mesh.hub);
    }
  },

  'operators and their Services select the pods of one revision each'(emitted) {
    const operators = ofKind(emitted, 'Deployment').filter(({ metadata }) => metadata.namespace === 'istio-operator');
    const selectors = operators.map(({ spec }) => JSON.stringify(spec.selector.matchLabels));
    expect(new Set(selectors).size).toBe(operators.length);
    for (const { metadata, spec } of operators) {
      expect(the(emitted.objects, 'Service', metadata.name).spec.selector).toStrictEqual(spec.selector.matchLabels);
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    }
  },

  'what the mesh decides is the same in every control plane'(emitted) {
    const { mesh, cluster } = emitted;
    const planes = controlPlanes(emitted.objects);
    for (const { spec, metadata } of planes) {
      expect(spec.profile, metadata.name).toBe('minimal');
      const trust = { rootNamespace: 'istio-config', trustDomain: mesh.trustDomain };
      expect(spec.meshConfig, metadata.name).toMatchObject(trust);
      expect(spec.values.global, metadata.name).toMatchObject({
        istioNamespace: metadata.namespace,
        meshID: mesh.meshId,
        network: mesh.clusters[cluster]?.network,
        multiCluster: { clusterName: cluster },
      });
      if (Object.keys(mesh.config).length > 0) continue;
      expect(spec.meshConfig, metadata.name).toStrictEqual({
        ...trust,
        accessLogFile: '/dev/stdout',
        accessLogEncoding: 'JSON',
        outboundTrafficPolicy: { mode: 'ALLOW_ANY' },
        defaultConfig: { holdApplicationUntilProxyStarts: true, proxyMetadata: { ISTIO_META_DNS_CAPTURE: 'true' } },
      });
    }
  },

  'a control plane has two pods at least, and a budget that lets a node be drained'(emitted) {
    for (const { spec, metadata } of controlPlanes(emitted.objects)) {
      const { pilot } = spec.components;
      expect(pilot.enabled, metadata.name).toBe(true);
      expect(pilot.k8s.hpaSpec.minReplicas, metadata.name).toBeGreaterThanOrEqual(2);
      expect(pilot.k8s.podDisruptionBudget.minAvailable, metadata.name).toBeLessThan(pilot.k8s.hpaSpec.minReplicas);
      expect(pilot.k8s, metadata.name).not.toHaveProperty('replicaCount');
      expect(pilot.k8s.resources.requests, metadata.name).toMatchObject({
        cpu: expect.any(String),
        memory: expect.any(String),
      });
    }
  },

  // An operator that starts applies all that its resources hold again: an old one would put old definitions back.
  'only the newest operator brings Istio’s CustomResourceDefinitions, and none once a newer one has gone'(emitted) {
    const planes = controlPlanes(emitted.objects);
    const bringing = planes.filter(
      ({ spec }) => spec.components.base?.enabled === true && spec.values.base?.enableIstioConfigCRDs !== false,
    );
    const { mesh, cluster } = emitted;
    const { revisions = [], crds } = mesh.clusters[cluster] ?? {};
    const versions = revisions.flatMap((name) => mesh.revisions[name]?.version ?? []);
    const newest = [...versions, ...(crds === undefined ? [] : [crds])].toSorted(semver.compare).at(-1);
    const tags = planes.map(({ spec }) => spec.tag);
    expect(bringing.map(({ spec }) => spec.tag)).toStrictEqual(tags.filter((tag) => tag === newest));
  },

  'OpenShift lets every pod of ours run as the user that it names'(emitted) {
    if (emitted.mesh.platform !== 'openshift') return;
    const allowed = ofKind(emitted, 'RoleBinding')
      .filter(({ roleRef }) => roleRef.name.startsWith('system:openshift:scc:'))
      .map(({ metadata }) => metadata.namespace);
    const running = [...ofKind(emitted, 'Deployment'), ...controlPlanes(emitted.objects)];
    for (const object of running) expect(allowed, nameOf(object)).toContain(object.metadata.namespace);
  },

  'an operator may make the network that the CNI of OpenShift needs'(emitted) {
    if (emitted.mesh.platform !== 'openshift') return;
    for (const role of ofKind(emitted, 'ClusterRole')) {
      expect(
        role.rules.flatMap(({ apiGroups }: Built) => apiGroups),
        nameOf(role),
      ).toContain('k8s.cni.cncf.io');
    }
  },

  'OpenShift has one CNI per cluster, which moves with the default revision; elsewhere there is none'(emitted) {
    const { mesh, cluster } = emitted;
    const agents = ofKind(emitted, 'IstioOperator').filter(({ spec }) => spec.components.cni?.enabled === true);
    if (mesh.platform !== 'openshift') return expect(agents).toStrictEqual([]);
    expect(agents.map(({ spec }) => spec.revision)).toStrictEqual([mesh.clusters[cluster]?.default]);
    expect(agents[0].spec.components.cni.namespace).toBe('kube-system');
    const { values, tag } = agents[0].spec;
    // From 1.21 on, the charts hold what the platform needs, under the name of its profile.
    if (since(tag, '1.21')) expect(values.profile).toBe('openshift');
    else expect(values.cni).toMatchObject({ cniConfDir: '/etc/cni/multus/net.d', chained: false });
    for (const { spec, metadata } of controlPlanes(emitted.objects)) {
      if (since(spec.tag, '1.21')) expect(spec.values.profile, metadata.name).toBe('openshift');
      else expect(spec.values.istio_cni, metadata.name).toStrictEqual({ enabled: true, chained: false });
      // It would land on gateway pods too, whose namespace has no such network.
      expect(spec.values.sidecarInjectorWebhook?.injectedAnnotations, metadata.name).toBeUndefined();
    }
  },
};

/** The IstioOperators that make an istiod. */
export function controlPlanes(objects: readonly Built[]): Built[] {
  return objects.filter(({ kind, spec }) => kind === 'IstioOperator' && spec.components.pilot?.enabled === true);
}

function envOf(container: Built, name: string): string | undefined {
  return container.env.find((each: Built) => each.name === name)?.value;
}
