import { expect } from 'vitest';
import { type Emitted, nameOf, ofKind } from '../../support/emitted.js';
import { gatewayPods } from '../../support/gateway-pods.js';
import { type Built, the } from '../../support/kubectl.js';
import { matches } from '../../support/label-selector.js';
import type { Claims } from '../describe-upgrade.js';
import { controlPlanes } from './operators.js';

export const tagClaims: Claims = {
  'every tag is there, and one default, each on a control plane that runs'(emitted) {
    const wanted = Object.entries(tagsOf(emitted)).map(([tag, revision]) => [tag, revision]);
    const found = ofKind(emitted, 'MutatingWebhookConfiguration').map(({ metadata }) => {
      expect(metadata.name).toBe(`istio-revision-tag-${metadata.labels['istio.io/tag']}`);
      return [metadata.labels['istio.io/tag'], metadata.labels['istio.io/rev']];
    });
    expect(found.toSorted()).toStrictEqual(wanted.toSorted());
  },

  'the label and the Service of a tag and of the validator name the same control plane'(emitted) {
    const planes = new Map(
      controlPlanes(emitted.objects).map((plane) => [plane.spec.revision, plane.metadata.namespace]),
    );
    const configurations = [
      ...ofKind(emitted, 'MutatingWebhookConfiguration'),
      ...ofKind(emitted, 'ValidatingWebhookConfiguration'),
    ];
    for (const configuration of configurations) {
      const revision = configuration.metadata.labels['istio.io/rev'];
      expect([...planes.keys()], nameOf(configuration)).toContain(revision);
      for (const { clientConfig } of configuration.webhooks) {
        expect(clientConfig.service.name, nameOf(configuration)).toBe(`istiod-${revision}`);
        expect(clientConfig.service.namespace, nameOf(configuration)).toBe(planes.get(revision));
        expect(clientConfig, nameOf(configuration)).not.toHaveProperty('caBundle');
      }
    }
  },

  'a pod is injected by one tag: that of its namespace, or the default where its namespace asks for injection'(
    emitted,
  ) {
    const tags = ofKind(emitted, 'MutatingWebhookConfiguration');
    const cases = [
      ...Object.keys(tagsOf(emitted)).map((tag) => [{ 'istio.io/rev': tag }, {}, [tag]] as const),
      [{ 'istio-injection': 'enabled' }, {}, ['default']],
      [{ 'istio-injection': 'disabled' }, {}, []],
      [{ 'istio-injection': 'enabled', 'istio.io/rev': 'prod' }, {}, ['default']],
      [{}, { 'istio.io/rev': 'prod' }, ['prod']],
      [{}, { 'sidecar.istio.io/inject': 'true' }, ['default']],
      [{}, {}, []],
      [{ 'istio.io/rev': 'prod' }, { 'sidecar.istio.io/inject': 'false' }, []],
    ] as const;
    for (const [namespace, pod, wanted] of cases) {
      expect(injecting(tags, namespace, pod), JSON.stringify({ namespace, pod })).toStrictEqual(wanted);
    }
  },

  'no tag injects a gateway: that is for the revision it is pinned to'(emitted) {
    const tags = ofKind(emitted, 'MutatingWebhookConfiguration');
    for (const { namespace, labels, deployment } of gatewayPods(emitted)) {
      const { metadata } = the(emitted.objects, 'Namespace', namespace);
      expect(injecting(tags, metadata.labels ?? {}, labels), deployment).toStrictEqual([]);
    }
  },

  'the Service istiod and the default validator follow the default revision; before 1.11 the base of a shared namespace has it'(
    emitted,
  ) {
    const { mesh, cluster } = emitted;
    const revision = mesh.clusters[cluster]?.default ?? '';
    const service = the(emitted.objects, 'Service', 'istiod');
    expect(service.spec.selector).toStrictEqual({ app: 'istiod', 'istio.io/rev': revision });
    expect(service.metadata.namespace).toBe(
      the(emitted.objects, 'IstioOperator', `control-plane-${revision}`).metadata.namespace,
    );
    const validators = ofKind(emitted, 'ValidatingWebhookConfiguration').map(({ metadata }) => [
      metadata.name,
      metadata.labels['istio.io/rev'],
    ]);
    const before = /^1-(9|10)-/.test(revision);
    const own = mesh.namespaces.controlPlane === 'per-revision';
    // Before 1.11, istiod puts its CA into the validator with the name of its namespace, and into no other.
    const name = before ? `istiod-${service.metadata.namespace}` : 'istiod-default-validator';
    expect(validators).toStrictEqual(before && !own ? [] : [[name, revision]]);
  },

  'a validator that an operator would make, and never take away, calls a Service that stays'(emitted) {
    for (const { spec, metadata } of controlPlanes(emitted.objects)) {
      if (!/^1\.(9|10)\./.test(spec.tag) || spec.values.global.configValidation === false) continue;
      expect(metadata.namespace).toBe('istio-system');
      expect(the(emitted.objects, 'Service', 'istiod').metadata.namespace).toBe('istio-system');
    }
  },
};

/** Every tag of a cluster with the revision that it names. */
function tagsOf({ mesh, cluster }: Emitted): Readonly<Record<string, string>> {
  const { tags, default: leading } = mesh.clusters[cluster] ?? { tags: {}, default: '' };
  return { ...tags, default: leading };
}

/** The tags whose webhooks the API server calls for a pod. */
function injecting(
  tags: readonly Built[],
  namespace: Readonly<Record<string, string>>,
  pod: Readonly<Record<string, string>>,
): string[] {
  return tags.flatMap(({ metadata, webhooks }) =>
    webhooks
      .filter(
        ({ namespaceSelector, objectSelector }: Built) =>
          matches(namespaceSelector, namespace) && matches(objectSelector, pod),
      )
      .map(() => metadata.labels['istio.io/tag']),
  );
}
