import * as z from 'zod';

/** The one file that people edit. */
export const meshFile = 'istio-prod.yaml';

/** The names of what can be chosen; `src/catalog` has one file of that name for each. */
export const engineNames = ['argo-cd', 'flux'] as const;
export const installNames = ['operator', 'helm', 'sail'] as const;
export const gatewayKindNames = ['ingress', 'egress', 'eastwest'] as const;
export const dataPlaneNames = ['sidecar', 'ambient'] as const;
export const platformNames = ['kubernetes', 'openshift', 'bare-metal'] as const;

/** A DNS-1123 label: what Kubernetes accepts as the name of a Namespace or Service (RFC 1123). */
export const dnsLabel = z
  .string()
  .max(63, 'is longer than 63 characters')
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'is no DNS-1123 label: lower case letters, digits and "-", and a letter or digit at both ends',
  );

/** The name of a Service: a DNS-1035 label, which starts with a letter (RFC 1035). */
const serviceName = dnsLabel.regex(/^[a-z]/, 'is no name of a Service: it starts with a letter');

const revisionNames = z.array(dnsLabel);

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

const gateway = z
  .strictObject({ kind: z.enum(gatewayKindNames).describe('Decides the ports and the type of the entry Service') })
  .describe('One Deployment per revision, one entry Service for ever');

const cluster = z
  .strictObject({
    network: dnsLabel.describe(
      'The Istio network of this cluster: clusters on one network reach each other’s pods directly',
    ),
    revisions: revisionNames.min(1).describe('The revisions that live in this cluster, oldest first; two at most'),
    default: dnsLabel.describe('The revision behind the default tag, the default validator and the Service "istiod"'),
    tags: z
      .record(dnsLabel, dnsLabel)
      .default({})
      .describe(
        'Revision tags: the label istio.io/rev of a workload namespace names a tag, and the tag names a revision',
      ),
    serves: z
      .record(serviceName, revisionNames.min(1))
      .describe(
        'Per gateway the revisions whose pods get the traffic of the entry Service: one, or both while they blend',
      ),
    crds: z
      .string()
      .optional()
      .describe(
        "The version of Istio's CustomResourceDefinitions, where Istio's charts bring them; it never goes back",
      ),
    base: z
      .literal('rendered')
      .optional()
      .describe('rendered: those definitions are manifests in this repository; left out: the chart brings them'),
    sail: z
      .string()
      .optional()
      .describe(
        "The version of the Sail Operator, where it runs; it brings Istio's CustomResourceDefinitions, and never goes back",
      ),
    retiring: z
      .record(dnsLabel, z.enum(['gateways', 'control-plane']))
      .optional()
      .describe('Revisions on their way out: what was taken away last, the gateways or the control plane too'),
  })
  .describe('What runs in one cluster');

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
        url: z.string().min(1).describe('Where the delivery engine finds this repository'),
        branch: z.string().min(1).describe('The branch that the delivery engine follows'),
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
      })
      .prefault({})
      .describe('How upgrades go'),
    revisions: z
      .record(dnsLabel, revision)
      .describe('The revisions this repository holds, each named after its version: 1-10-3'),
    gateways: z.record(serviceName, gateway).describe('The gateways, each named as its entry Service'),
    clusters: z.record(dnsLabel, cluster).describe('The clusters, each with what runs there'),
  })
  .describe('The mesh: what this repository is meant to hold. Edit it and run: yo istio-prod');

export type Mesh = z.infer<typeof meshSchema>;
export type Revision = z.infer<typeof revision>;
export type Cluster = z.infer<typeof cluster>;
export type EngineName = (typeof engineNames)[number];
export type InstallName = (typeof installNames)[number];
export type GatewayKindName = (typeof gatewayKindNames)[number];
export type DataPlaneName = (typeof dataPlaneNames)[number];
export type PlatformName = (typeof platformNames)[number];
