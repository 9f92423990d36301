import { Ajv } from 'ajv';
import { expect } from 'vitest';
import { nameOf, ofKind } from '../../support/emitted.js';
import { gatewayPods } from '../../support/gateway-pods.js';
import { acceptedSpecs, chartValues, hasIstioData, istioCrds, renderedObjects } from '../../support/istio-data.js';
import type { Built } from '../../support/kubectl.js';
import type { Claims } from '../describe-upgrade.js';

/** Paths of our specs that no recorded spec has, and why the operators know them. */
const specsBeyondRecords: readonly (readonly [RegExp, string])[] = [
  [/^components\.cni\.namespace$/, 'ComponentSpec has it; upstream’s profile openshift sets it'],
  [/^components\.ingressGateways\[\]\.k8s\.podDisruptionBudget\.minAvailable$/, 'rendered at all six (facts B10)'],
  [/^components\.ingressGateways\[\]\.k8s\.podAnnotations\./, 'a free map'],
  [/^components\.ingressGateways\[\]\.k8s\.overlays\[\]\.patches\[\]\.value(\[\])?\./, 'a free value'],
];

/** Value paths that the recorded charts do not have, and why the operators know them. */
const valuesBeyondCharts: readonly (readonly [RegExp, string])[] = [
  [/^gateways\.istio-(in|e)gressgateway\./, 'the operator’s own gateway charts are not recorded; rendered (facts B10)'],
  [/^istio_cni\./, 'values_types.proto: CNIConfig istio_cni; read by the sidecar template'],
  [/^pilot\.env\./, 'a free map'],
  [/^sidecarInjectorWebhook\.injectedAnnotations\./, 'a free map'],
  [/^(profile|global\.platform)$/, 'values_types.proto, from 1.21 and 1.19; upstream’s profile openshift sets them'],
];

/** Mesh settings that no recorded spec has, and why the operators know them. */
const meshBeyondRecords: readonly (readonly [RegExp, string])[] = [
  [/^(accessLogFormat|default\w+ExportTo\[\])$/, 'istio/api mesh/v1alpha1/config.proto at 1.9'],
  [/^discoverySelectors\[\]\./, 'istio/api mesh/v1alpha1/config.proto from 1.10'],
  [/^defaultConfig\.(concurrency|drainDuration|terminationDrainDuration|tracing\.sampling)$/, 'proxy.proto at 1.9'],
  [/^defaultConfig\.proxyMetadata\./, 'a free map'],
];

/** Claims against facts recorded from Istio's releases; none where the facts are not at hand. */
export const recordedClaims: Claims = hasIstioData
  ? {
      'every field of an IstioOperator is in a spec that this operator is recorded to accept'(emitted) {
        for (const object of ofKind(emitted, 'IstioOperator')) {
          const known = new Set(acceptedSpecs(object.spec.tag).flatMap(({ spec }) => pathsOf(specOnly(spec))));
          expect(unknown(pathsOf(specOnly(object.spec)), known, specsBeyondRecords), nameOf(object)).toStrictEqual([]);
        }
      },

      'every mesh setting is in a spec that this operator is recorded to accept'(emitted) {
        for (const object of ofKind(emitted, 'IstioOperator')) {
          const known = new Set(acceptedSpecs(object.spec.tag).flatMap(({ spec }) => pathsOf(spec.meshConfig)));
          expect(unknown(pathsOf(object.spec.meshConfig), known, meshBeyondRecords), nameOf(object)).toStrictEqual([]);
        }
      },

      'every value is one that the charts of that minor declare'(emitted) {
        for (const object of ofKind(emitted, 'IstioOperator')) {
          const paths = pathsOf(object.spec.values).map((path) => path.replace(/(\[\])+$/, ''));
          expect(unknown(paths, chartValues(object.spec.tag), valuesBeyondCharts), nameOf(object)).toStrictEqual([]);
        }
      },

      'an operator makes the pods of a gateway with the labels that we count on'(emitted) {
        for (const { operated, revision, gateway, labels, deployment } of gatewayPods(emitted)) {
          if (!operated) continue;
          const version = emitted.mesh.revisions[revision]?.version ?? '';
          const made = renderedObjects(version).find(
            ({ kind, metadata }) => kind === 'Deployment' && metadata.name.startsWith(gateway),
          );
          const rendered = made.spec.template.metadata.labels;
          expect(made.spec.selector.matchLabels, deployment).toHaveProperty('version');
          expect(Object.keys(rendered), deployment).toEqual(expect.arrayContaining(Object.keys(labels)));
          expect([rendered.app, rendered.istio], deployment).toStrictEqual([labels['app'], labels['istio']]);
        }
      },

      'Istio’s own resources have the fields that every live version knows'(emitted) {
        const revisions = emitted.mesh.clusters[emitted.cluster]?.revisions ?? [];
        for (const object of [...ofKind(emitted, 'Gateway'), ...ofKind(emitted, 'PeerAuthentication')]) {
          for (const revision of revisions) {
            const schema = strict(schemaOf(object, emitted.mesh.revisions[revision]?.version ?? ''));
            const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
            expect([validate({ spec: object.spec }), validate.errors], `${revision} ${nameOf(object)}`).toStrictEqual([
              true,
              null,
            ]);
          }
        }
      },
    }
  : {};

function unknown(
  paths: readonly string[],
  known: ReadonlySet<string>,
  beyond: readonly (readonly [RegExp, string])[],
): string[] {
  return paths.filter((path) => !known.has(path) && !beyond.some(([pattern]) => pattern.test(path)));
}

/** The spec without what is checked later; ingress and egress gateways are of one type (GatewaySpec). */
function specOnly({ values, meshConfig, unvalidatedValues, components, ...spec }: Built): Built {
  const { egressGateways, ingressGateways = egressGateways, ...others } = components;
  return { ...spec, components: { ...others, ingressGateways } };
}

/** The path of every leaf, with "[]" for any member of a list. */
function pathsOf(value: unknown, path = ''): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [path];
  if (Array.isArray(value)) return [...new Set(value.flatMap((member) => pathsOf(member, `${path}[]`)))];
  return Object.entries(value).flatMap(([key, below]) => pathsOf(below, path === '' ? key : `${path}.${key}`));
}

/** The schema of an object's kind and version in a CustomResourceDefinition, of either API version. */
function schemaOf({ apiVersion, kind }: Built, version: string): Built {
  const crd = istioCrds(version).find(({ spec }) => spec.names.kind === kind);
  const served = crd.spec.versions.find(({ name }: Built) => name === apiVersion.split('/')[1]);
  expect(served?.served, `${version} serves ${apiVersion} ${kind}`).toBe(true);
  return (served.schema ?? crd.spec.validation).openAPIV3Schema;
}

/** The same schema, which takes no field that it does not name. */
function strict(schema: Built): Built {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  return schema.properties !== undefined && schema.additionalProperties === undefined && schema.type === 'object'
    ? { ...inner, additionalProperties: false }
    : inner;
}
