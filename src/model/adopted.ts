import * as z from 'zod';
import { dnsLabel } from './dns-names.js';

/** What `serves` and `default` of a cluster name as long as the installation that was there before still has them. */
export const adopted = 'adopted';

/** How the installation came that was there before; `unknown` where nothing says so. */
export const foreignInstalls = ['helm', 'istioctl', 'operator', 'sail', 'unknown'] as const;

/** The Istio that was there before this repository, for the runbook that leads away from it. Nothing of it is ever rendered. */
export const adoptedSchema = z
  .strictObject({
    version: z.string().describe('Its Istio version'),
    install: z.enum(foreignInstalls).describe('How it came'),
    revision: dnsLabel.describe('Its revision; "default" where it has none'),
    tags: z.array(dnsLabel).default([]).describe('Its revision tags; they stay its own'),
    namespace: dnsLabel.describe('The namespace of its istiod'),
    releases: z
      .array(z.strictObject({ name: dnsLabel, namespace: dnsLabel }))
      .default([])
      .describe('Its Helm releases'),
    peerAuthentication: z
      .literal('kept')
      .optional()
      .describe('kept: the root namespace has a mesh-wide PeerAuthentication, which stays as it is; none is rendered'),
  })
  .describe('The Istio that was there before this repository; it stays its owner’s');

const port = z.int().min(1).max(65535);

/** What is kept of a gateway that was there before: all that its clients and its configuration know it by. */
export const adoptedGatewaySchema = z
  .strictObject({
    namespace: dnsLabel.describe('Its namespace: a Service cannot move to another one'),
    serviceAccount: dnsLabel.describe('The identity of its pods, which policies may name'),
    deployments: z.array(dnsLabel).min(1).describe('The Deployments that serve it and are not of this repository'),
    selector: z
      .record(z.string(), z.string())
      .describe('The selector of its entry Service as it was found; it stays until blend'),
    service: z
      .strictObject({
        type: z.enum(['LoadBalancer', 'NodePort', 'ClusterIP']),
        ports: z.array(
          z.strictObject({
            name: z.string().describe('Empty where its only port has no name'),
            port,
            targetPort: port,
            nodePort: port.optional(),
            appProtocol: z.string().optional(),
          }),
        ),
        externalTrafficPolicy: z.enum(['Cluster', 'Local']).optional(),
        loadBalancerClass: z.string().optional(),
        loadBalancerIP: z.string().optional(),
        loadBalancerSourceRanges: z.array(z.string()).optional(),
        externalIPs: z.array(z.string()).optional(),
        allocateLoadBalancerNodePorts: z.boolean().optional(),
        internalTrafficPolicy: z.enum(['Cluster', 'Local']).optional(),
        trafficDistribution: z.string().optional(),
        sessionAffinity: z.enum(['None', 'ClientIP']).optional(),
        sessionAffinityConfig: z
          .strictObject({ clientIP: z.strictObject({ timeoutSeconds: z.int().min(1).max(86400) }) })
          .optional(),
        ipFamilyPolicy: z.enum(['SingleStack', 'PreferDualStack', 'RequireDualStack']).optional(),
        ipFamilies: z.array(z.enum(['IPv4', 'IPv6'])).optional(),
      })
      .describe('Its entry Service as it was found; what is not here stays as it is in the cluster'),
  })
  .describe('A gateway that was there before: its entry Service stays, with its address');

/** The part of a cluster that says where an upgrade is. */
interface Upgrading {
  readonly revisions: readonly string[];
  readonly default: string;
  readonly serves: Readonly<Record<string, readonly string[]>>;
}

/** Whether the installation that was there before still serves in a cluster, or is its default. */
export function isAdopting({ default: revision, serves }: Upgrading): boolean {
  return revision === adopted || Object.values(serves).some((serving) => serving.includes(adopted));
}

/** What is left to do when all is the repository's and the installation that was there before has not gone. */
export const adoptedGoes = 'docs/adopting.md, step 6: the old installation goes, then adopted of istio-prod.yaml';

/** The old and the new revision of an upgrade: coming from an adopted installation, it is the old one. */
export function upgradeOf(cluster: Upgrading): readonly string[] {
  return isAdopting(cluster) ? [adopted, ...cluster.revisions] : cluster.revisions;
}
