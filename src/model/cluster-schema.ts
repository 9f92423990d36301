import * as z from 'zod';
import { dnsLabel, serviceName } from './dns-names.js';

const revisionNames = z.array(dnsLabel);

/** What `istio-prod.yaml` says of one cluster. */
export const clusterSchema = z
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
    restarted: z
      .record(dnsLabel, dnsLabel)
      .optional()
      .describe(
        'Per revision tag the revision that its workloads were last restarted for, by the component clusters/<cluster>/restarts/<tag>; left out: messages have the commands that restart them. yo istio-prod:cluster NAME --restarts commits fills it',
      ),
    serves: z
      .record(serviceName, revisionNames.min(1))
      .describe(
        'Per gateway the revisions whose pods get the traffic of the entry Service: one, or both while they blend',
      ),
    minReplicas: z
      .record(serviceName, z.record(dnsLabel, z.int().min(2, 'is less than the 2 that a gateway has in any case')))
      .optional()
      .describe(
        'Per gateway and revision the fewest pods that its autoscaler keeps, where 2 are not enough: as many as the old gateways have now, before the cut. The first step of retire takes it away',
      ),
    crds: z
      .string()
      .optional()
      .describe(
        "The newest version that Istio's CustomResourceDefinitions have had, where charts bring them or an operator that has gone did; it never goes back",
      ),
    base: z
      .enum(['rendered', 'operator'])
      .optional()
      .describe(
        'rendered: those definitions are manifests in this repository; operator: one that has gone brought them, and older ones leave them alone; left out: the chart brings them',
      ),
    sail: z
      .string()
      .optional()
      .describe(
        "The version of the Sail Operator, where it runs; it brings Istio's CustomResourceDefinitions, and never goes back",
      ),
    retiring: z
      .record(dnsLabel, z.enum(['gateway-pods', 'gateways', 'control-plane']))
      .optional()
      .describe(
        'Revisions on their way out: what was taken away last, the pods of the gateways, all of them or the control plane too',
      ),
  })
  .describe('What runs in one cluster');
