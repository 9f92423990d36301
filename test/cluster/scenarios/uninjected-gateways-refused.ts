import { parseAllDocuments } from 'yaml';
import { refuseUninjectedGateways } from '../../../src/catalog/admission/refuse-uninjected-gateways.js';
import { render } from '../../../src/render/render.js';
import { aMesh } from '../../support/a-mesh.js';
import { until } from '../clock.js';
import { expect, messageOf } from '../errors.js';
import type { KubeObject } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';

const namespace = 'istio-gateways';
const gateway = { istio: 'ingressgateway', app: 'istio-ingressgateway' };
const injected = 'docker.io/istio/proxyv2:1.31.1';
const group = 'admissionregistration.k8s.io/v1';

/** What the policy is for: a pod with the image "auto" is none, and its ReplicaSet gets one as soon as something injects. */
export const scenario: Scenario = {
  title: 'The API server refuses gateway pods that nothing injected, and the ReplicaSet tries until they are',
  core: false,
  engines: ['none'],
  async run({ lab, mark }) {
    const { kube } = lab.cluster;
    for (const name of [namespace, 'apps']) {
      await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    const { content } = render(refuseUninjectedGateways(aMesh({ version: '1.31.1', install: 'helm' })));
    for (const document of parseAllDocuments(content)) await kube.apply(document.toJS() as KubeObject);

    // A dry run, so that nothing stays; a policy takes a moment until it is asked.
    const answer = (where: string, labels: KubeObject['metadata']['labels'], image: string) =>
      kube
        .request('POST', `/api/v1/namespaces/${where}/pods?dryRun=All`, pod(labels, image))
        .then(() => 'admitted', messageOf);
    await until(
      'the refusal',
      async () => (await answer(namespace, gateway, 'auto')).includes('No istiod has injected'),
      {
        timeout: 60,
      },
    );
    mark('note', 'a gateway pod with the image "auto" is refused');
    for (const [what, got] of [
      ['an injected gateway pod', await answer(namespace, gateway, injected)],
      ['a pod of no gateway', await answer(namespace, { istio: 'other' }, 'auto')],
      ['a pod without labels', await answer(namespace, undefined, 'auto')],
      ['a pod in another namespace', await answer('apps', gateway, 'auto')],
    ] as const) {
      expect(got === 'admitted', `${what} must be admitted: ${got}`);
    }

    const { metadata, spec } = pod(gateway, 'auto');
    await kube.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'gateway', namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: gateway },
        template: { metadata: { labels: metadata.labels }, spec },
      },
    });
    const failure = await until(
      'the ReplicaSet to say why',
      async () =>
        (await kube.list(`/apis/apps/v1/namespaces/${namespace}/replicasets`))
          .flatMap(({ status }) => status?.conditions ?? [])
          .find(({ type }: { type: string }) => type === 'ReplicaFailure'),
      { timeout: 30 },
    );
    expect(failure.message.includes('No istiod has injected'), `the ReplicaSet must say it: ${failure.message}`);

    for (const object of injector()) await kube.apply(object);
    const start = Date.now();
    const made = await until(
      'the ReplicaSet to try again',
      async () => (await kube.list(`/api/v1/namespaces/${namespace}/pods`))[0],
      { timeout: 120 },
    );
    expect(made['spec'].containers[0].image === injected, 'the pod must be the injected one');
    mark('note', `injected, the pod is there ${((Date.now() - start) / 1000).toFixed(1)} s after`);
  },
};

function pod(labels: KubeObject['metadata']['labels'], image: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a-pod', ...(labels === undefined ? {} : { labels }) },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'istio-proxy', image }] },
  };
}

/** What istiod's webhook does to the image, as a policy. */
function injector(): KubeObject[] {
  const metadata = { name: 'injector' };
  const expression = `[JSONPatch{op: 'replace', path: '/spec/containers/0/image', value: '${injected}'}]`;
  return [
    {
      apiVersion: group,
      kind: 'MutatingAdmissionPolicy',
      metadata,
      spec: {
        reinvocationPolicy: 'Never',
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression } }],
      },
    },
    { apiVersion: group, kind: 'MutatingAdmissionPolicyBinding', metadata, spec: { policyName: 'injector' } },
  ];
}
