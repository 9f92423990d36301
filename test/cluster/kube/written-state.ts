import { until } from '../clock.js';
import { expect } from '../errors.js';
import type { Kube } from './client.js';
import { nameOf } from './objects.js';

const webhooks = [
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
] as const;

/** Kinds that an engine writes and nobody else should, once all is in sync. */
const kinds = [
  ...webhooks,
  '/apis/apps/v1/deployments',
  '/api/v1/services',
  '/api/v1/namespaces',
  '/apis/autoscaling/v2/horizontalpodautoscalers',
  '/apis/policy/v1/poddisruptionbudgets',
  '/apis/rbac.authorization.k8s.io/v1/roles',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
];

/**
 * A line an object, which is another one when somebody has written to it: a fight over a field that ends as it began shows too.
 *
 * The API server counts the writes of a specification (`metadata.generation`). Where it does not, and the status is
 * written all the time, the specification itself must do.
 */
export async function writtenState(kube: Kube): Promise<string[]> {
  const lists = await Promise.all(kinds.map(async (kind) => ({ kind, objects: await kube.list(kind) })));
  return lists.flatMap(({ kind, objects }) =>
    objects.map((object) => {
      const { generation, resourceVersion } = object.metadata;
      const counted = generation ?? (kind.includes('autoscaling') ? JSON.stringify(object.spec) : resourceVersion);
      return `${kind.split('/').at(-1)} ${nameOf(object)} ${counted}`;
    }),
  );
}

/** The fields of webhooks that istiod fills at run time: its CA, and Fail where validation begins with Ignore. */
export async function expectHooked(kube: Kube): Promise<void> {
  const [validating, mutating] = await Promise.all(webhooks.map((kind) => kube.list(kind)));
  const own = [...(validating ?? []), ...(mutating ?? [])].filter(({ metadata }) => /^istio/.test(metadata.name));
  expect(own.length > 0, 'Istio should have webhooks');
  await until(
    'istiod to fill its webhooks',
    async () => {
      for (const { metadata } of own) {
        const kind = webhooks[(validating ?? []).some((each) => each.metadata.name === metadata.name) ? 0 : 1];
        const { webhooks: hooks } = await kube.get(`${kind}/${metadata.name}`);
        for (const { name, clientConfig, failurePolicy } of hooks)
          if (clientConfig?.caBundle === undefined || failurePolicy !== 'Fail')
            throw new Error(
              `${metadata.name} ${name}: failurePolicy ${failurePolicy}, caBundle ${clientConfig?.caBundle?.length}`,
            );
      }
      return true;
    },
    { timeout: 30 },
  );
}
