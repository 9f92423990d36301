import { expect } from '../errors.js';
import type { Kube } from './client.js';
import { lastWritten } from './objects.js';

/** A control plane tolerates newer CustomResourceDefinitions than its own and not older ones: `came` is when it came, an RFC 3339 time. */
export async function expectDefinitionsFirst(kube: Kube, version: string, came: string): Promise<void> {
  const definition = await kube.get(
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gateways.networking.istio.io',
  );
  const chart = definition.metadata.labels?.['helm.sh/chart'];
  const written = lastWritten(definition);
  expect(
    chart === `base-${version}` && written <= came,
    `the new CustomResourceDefinitions (${chart} at ${written}) should come before the new control plane (${came})`,
  );
}
