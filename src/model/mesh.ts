import * as z from 'zod';
import { adoptedGatewaySchema, adoptedSchema } from './adopted.js';
import { clusterSchema } from './cluster-schema.js';
import { dnsLabel, serviceName } from './dns-names.js';

/** The one file that people edit. */
export const meshFile = 'istio-prod.yaml';

/** The names of what can be chosen; `src/catalog` has one file of that name for each. */
export const engineNames = ['argo-cd', 'flux'] as const;
export const installNames = ['operator', 'helm', 'sail'] as const;
export const gatewayKindNames = ['ingress', 'egress', 'eastwest'] as const;
export const dataPlaneNames = ['sidecar', 'ambient'] as const;
export const platformNames = ['kubernetes', 'openshift', 'bare-metal', 'gke', 'eks', 'aks', 'k3s', 'kind'] as const;

/** The key of an annotation (kubernetes.io/docs/concepts/overview/working-with-objects/annotations). */
const annotationName = z
  .string()
  .regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/, 'is no key of an annotation');

const revision = z
  .strictObject({
    version: z.string().describe('The Istio version, all three numbers: 1.10.3'),
    install: z.enum(installNames).describe('How this revision gets into the cluster'),
    charts: z
      .literal('rendered')
      .optional()
      .describe(
        "rendered: the manifests of Istio's charts are in this repository, rendered by helm when they were first needed; left out: the delivery engine installs the charts",
      ),
    gateways: z
      .enum(['injected', 'operator'])
      .describe('Who makes its gateways: a plain Deployment that istiod injects (from 1.10), or an IstioOperator each'),
  })
  .describe('One installed Istio version. Its folder under revisions/ is frozen once it is written');

const gatewayPort = z.strictObject({
  name: z
    .string()
    .max(15)
    .regex(/^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/, 'is no name of a port: lower case letters, digits and single "-"')
    .describe('The name of the port; Istio reads the protocol from its first part'),
  port: z.int().min(1).max(65535).describe('The port of the entry Service'),
  targetPort: z
    .int()
    .min(1024, 'is a port that pods without privileges cannot listen on')
    .max(65535)
    .describe('The port of the pods, 1024 or above'),
});

const gateway = z
  .strictObject({
    kind: z.enum(gatewayKindNames).describe('Decides the ports and the type of the entry Service'),
    namespace: dnsLabel
      .optional()
      .describe('Its namespace, where only gateways are; left out: as namespaces.gateways says. It cannot be changed'),
    exposure: z
      .enum(['external', 'internal'])
      .optional()
      .describe('Whether the load balancer has a public address, which is the default, or a private one'),
    ports: z.array(gatewayPort).optional().describe('Ports beside those of its kind'),
    annotations: z
      .record(annotationName, z.string().nullable())
      .optional()
      .describe('Annotations of the entry Service, over those of the platform; null takes one of these away'),
    externalTrafficPolicy: z
      .enum(['Cluster', 'Local'])
      .optional()
      .describe(
        'Local keeps the address of the client, and nodes without a ready gateway fail the check of the load balancer',
      ),
    maxReplicas: z
      .int()
      .min(2, 'is less than the 2 that a gateway has in any case')
      .optional()
      .describe('The most pods that the autoscaler of each of its revisions makes; left out: 5'),
    adopted: adoptedGatewaySchema.optional(),
  })
  .describe('One Deployment per revision, one entry Service for ever');

/**
 * What the repository is meant to hold: the content of `istio-prod.yaml`, the one file that people edit.
 *
 * Every managed file is rendered from a Mesh and from nothing else. The phase of an upgrade is not in it: it follows
 * from `revisions`, `tags`, `serves` and `default` of a cluster (`src/policy/phases.ts`).
 */
export const meshSchema = z
  .strictObject({
    engine: z.enum(engineNames).describe('The delivery engine that syncs this repository'),
    repository: z
      .strictObject({
        url: z
          .string()
          .regex(/^[^\s\p{Cc}]+$/u, 'is no URL of a git repository: it has spaces, or is empty')
          .describe('Where the delivery engine finds this repository'),
        branch: z
          .string()
          .regex(
            /^(?![-/.])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock(\/|$)))[^\s\p{Cc}~^:?*[\\]+(?<![/.])$/u,
            'is no name of a branch (git check-ref-format)',
          )
          .describe('The branch that the delivery engine follows'),
        secret: dnsLabel
          .optional()
          .describe(
            'Flux only: the Secret in flux-system with the credentials for the URL; left out for a public repository',
          ),
        path: z.string().default('.').describe('The folder of istio-prod.yaml in the repository; "." is its top'),
      })
      .describe('This repository, as the delivery engine sees it'),
    platform: z.enum(platformNames).default('kubernetes').describe('The kind of Kubernetes the clusters are'),
    dataPlane: z
      .enum(dataPlaneNames)
      .optional()
      .describe(
        'ambient: traffic goes through ztunnel on every node; left out: through sidecars. It cannot be changed later',
      ),
    hub: z
      .string()
      .regex(
        /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*$/,
        'is no image registry: host and path in lower case, without "https://"',
      )
      .default('docker.io/istio')
      .describe('The registry that all Istio images come from'),
    charts: z
      .string()
      .regex(/^https?:\/\/\S+$/, 'is no URL of a chart repository')
      .default('https://blob.istio.io/istio-release/charts')
      .describe("The repository of Istio's charts, or your mirror of it"),
    sail: z
      .strictObject({
        charts: z
          .string()
          .regex(/^https?:\/\/\S+$/, 'is no URL of a chart repository')
          .optional()
          .describe('The repository of the chart of the Sail Operator'),
        image: z
          .string()
          .regex(/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*$/, 'is no image without its tag')
          .optional()
          .describe('The image of the Sail Operator, without its tag'),
      })
      .optional()
      .describe('Where the Sail Operator comes from; what is left out comes from its own project'),
    cni: z
      .boolean()
      .optional()
      .describe(
        'Whether the CNI node agent redirects the traffic of pods; where the platform needs it, it always does',
      ),
    admissionPolicies: z
      .boolean()
      .default(false)
      .describe('Whether the API server refuses what would break a switch; needs Kubernetes 1.30 or later'),
    customKinds: z
      .array(
        z.string().regex(/^([a-z0-9]([-.a-z0-9]*[a-z0-9])?\/)?[A-Z][A-Za-z0-9]*$/, 'is no kind: Kind, or group/Kind'),
      )
      .optional()
      .describe(
        'Argo CD: kinds in the namespaces of the mesh that custom/ brings and the AppProject must allow, as ConfigMap or cert-manager.io/Certificate',
      ),
    meshId: dnsLabel.default('mesh1').describe('The name of the mesh in telemetry'),
    trustDomain: z
      .string()
      .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/, 'is no trust domain: lower case letters, digits, "-" and "."')
      .default('cluster.local')
      .describe('The trust domain of all identities (SPIFFE); all live revisions share it'),
    namespaces: z
      .strictObject({
        controlPlane: z
          .enum(['shared', 'per-revision'])
          .default('shared')
          .describe('istio-system for all revisions, or istio-system-<revision> each'),
        gateways: z
          .enum(['shared', 'dedicated'])
          .default('shared')
          .describe('istio-gateways for all, or istio-ingress, istio-egress and istio-eastwest'),
        root: dnsLabel
          .optional()
          .describe('The root namespace, where mesh-wide configuration lives; left out: istio-config'),
      })
      .prefault({})
      .describe('Where control planes and gateways live'),
    upgrade: z
      .strictObject({
        order: z
          .enum(['workloads-first', 'gateways-first'])
          .default('workloads-first')
          .describe('Whether tags move before the gateways switch, or after'),
        gateImage: z
          .string()
          .regex(/^[a-z0-9][A-Za-z0-9._/:@-]*$/, 'is no container image')
          .default('registry.k8s.io/kubectl:v1.34.1')
          .describe('An image with kubectl, for the Job that waits for gateways which an operator makes'),
        waves: z
          .array(
            z.strictObject({
              tag: dnsLabel.describe('The revision tag that moves'),
              namespaces: z
                .array(dnsLabel)
                .default([])
                .describe('The namespaces on this tag; messages then name the very commands that restart them'),
            }),
          )
          .default([])
          .describe('The order in which the tags move, a commit each; all tags that are not named follow at the end'),
      })
      .prefault({})
      .describe('How upgrades go'),
    adopting: z
      .boolean()
      .optional()
      .describe('Whether workloads still come into the mesh: verify then refuses what would shut them out'),
    adopted: adoptedSchema.optional(),
    revisions: z
      .record(dnsLabel, revision)
      .describe('The revisions this repository holds, each named after its version: 1-10-3'),
    gateways: z.record(serviceName, gateway).describe('The gateways, each named as its entry Service'),
    config: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .default({})
      .describe('Items of the catalogue of configuration, each with its settings: yo istio-prod:config --list'),
    clusters: z.record(dnsLabel, clusterSchema).describe('The clusters, each with what runs there'),
  })
  .describe('The mesh: what this repository is meant to hold. Edit it and run: yo istio-prod');

export type Mesh = z.infer<typeof meshSchema>;
export type Gateway = z.infer<typeof gateway>;
export type Revision = z.infer<typeof revision>;
export type Cluster = z.infer<typeof clusterSchema>;
export type EngineName = (typeof engineNames)[number];
export type InstallName = (typeof installNames)[number];
export type GatewayKindName = (typeof gatewayKindNames)[number];
export type DataPlaneName = (typeof dataPlaneNames)[number];
export type PlatformName = (typeof platformNames)[number];
