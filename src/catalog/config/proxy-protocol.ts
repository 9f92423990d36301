import * as z from 'zod';
import { fromText } from '../../model/file-spec.js';
import { gatewayDeployment, gatewayProxyConfig } from '../../model/gateway.js';
import { clusterOf, gatewayRevisions } from '../../model/revision.js';
import { gatewaysSetting, ingressGateways, notInGit, notThere } from '../chosen-gateways.js';
import { configItem } from './item.js';

/** A merge would not get at what is a text of its own. */
const patch = `${JSON.stringify(
  [
    {
      op: 'replace',
      path: '/spec/template/metadata/annotations/proxy.istio.io~1config',
      value: JSON.stringify({ ...gatewayProxyConfig, gatewayTopology: { proxyProtocol: {} } }),
    },
  ],
  undefined,
  2,
)}\n`;

/**
 * The PROXY protocol in front of a gateway (istio.io/docs/ops/configuration/traffic-management/network-topologies).
 *
 * It belongs to the pods and is no EnvoyFilter: those come after the switch, and a gateway that serves before it has its
 * filter refuses every connection. Proxies take it so from 1.19 on (istio/api mesh/v1alpha1/proxy.proto).
 */
export const proxyProtocol = configItem({
  group: 'gateways',
  title: 'Gateways read the PROXY protocol, by which a load balancer tells the address of the client.',
  cost: 'The gateways of all live revisions roll, and from then on understand nothing else: the load balancer must send it, also in its health checks of traffic ports. Best for a gateway that is new.',
  since: '1.19',
  disrupts: () =>
    'a gateway that expects the PROXY protocol refuses a load balancer that does not send it, and the other way round',
  settings: z.strictObject({ gateways: gatewaysSetting }),
  unfit: (mesh, { gateways }) => notThere(mesh, gateways) ?? notInGit(mesh),
  parts: (mesh, { gateways }) => ({
    layers: (cluster) => [
      {
        layer: '4-gateways',
        files: [fromText('proxy-protocol.json', 'managed', patch)],
        patches: ingressGateways(mesh, gateways).flatMap(({ gateway }) =>
          gatewayRevisions(clusterOf(mesh, cluster)).map((revision) => ({
            path: 'proxy-protocol.json',
            target: { kind: 'Deployment', name: gatewayDeployment(gateway, revision) },
          })),
        ),
      },
    ],
  }),
});
