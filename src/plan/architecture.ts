import { controlPlaneNamespaces, gatewayNamespace, gatewayNamespaces, rootNamespace } from '../catalog/namespaces.js';
import { isAmbient, nodeAgent } from '../catalog/node-agent.js';
import { sailNamespace, usesSail } from '../catalog/sail-operator.js';
import { ztunnelNamespace } from '../catalog/ztunnel.js';
import { type LayerName, layerNames } from '../model/layers.js';
import type { Mesh } from '../model/mesh.js';
import { box, id } from './diagram.js';
import { named, table } from './markdown.js';

/** Where requests and settings go in every cluster, whatever the state of an upgrade; Mermaid. */
export function architectureDiagram(mesh: Mesh): string {
  const gateways = Object.entries(mesh.gateways);
  const workloads = isAmbient(mesh)
    ? 'workloads, behind ztunnel on their node'
    : 'workloads, each pod with its sidecar';
  return [
    'flowchart LR',
    `  repository[("branch ${mesh.repository.branch}")] --> engine["${mesh.engine}"] -- "layer by layer" --> istiod`,
    ...gatewayNamespaces(mesh).flatMap((namespace) =>
      box(
        namespace,
        gateways
          .filter(([gateway]) => gatewayNamespace(mesh, gateway) === namespace)
          .map(([gateway]) => `${id(gateway)}{{"${gateway}"}} ==> ${id(gateway, 'pods')}["gateway, one a revision"]`),
      ),
    ),
    ...box(istiodNamespaces(mesh), ['istiod["istiod, one a revision"]']),
    ...box('namespaces of teams', [`workloads["${workloads}"]`]),
    ...gateways.flatMap(([gateway, { kind }]) => [
      ...(kind === 'egress'
        ? [`  workloads ==> ${id(gateway)}`, `  ${id(gateway, 'pods')} ==> outside(["hosts outside"])`]
        : [
            `  ${id(kind, 'callers')}(["${kind === 'eastwest' ? 'other clusters' : 'clients'}"]) ==> ${id(gateway)}`,
            `  ${id(gateway, 'pods')} ==> workloads`,
          ]),
      `  istiod -. settings .-> ${id(gateway, 'pods')}`,
    ]),
    '  istiod -. settings .-> workloads',
  ].join('\n');
}

/** What each layer holds in this mesh. */
export function layersOf(mesh: Mesh): string {
  const by = (method: string) => Object.values(mesh.revisions).some(({ install }) => install === method);
  const operators = [
    ...(by('operator') ? ['an operator for each revision that it makes'] : []),
    ...(usesSail(mesh) ? ['the Sail Operator'] : []),
    ...(by('helm') ? ['Istio’s CustomResourceDefinitions'] : []),
  ];
  const holds: Readonly<Record<LayerName, string>> = {
    '1-namespaces': 'namespaces, identities of gateways, Services that no upgrade touches',
    '2-operators': operators.join('; '),
    '3-control-planes': `istiod, one for each live revision${nodeAgents(mesh)
      .map(([agent]) => `; ${agent}, once`)
      .join('')}`,
    '4-gateways': `${named(Object.keys(mesh.gateways))}: a Deployment for each live revision`,
    '5-switch': 'entry Services with their selectors, revision tags, the default',
    '6-mesh': 'Istio’s own resources for the whole mesh: nothing that serves waits for them',
  };
  return table(
    ['layer', 'what it holds'],
    layerNames.map((layer) => [`\`${layer}\``, holds[layer]]),
  );
}

/** The namespaces of this mesh, each with what is in it. */
export function namespacesOf(mesh: Mesh): string {
  const operated = Object.values(mesh.revisions).some(({ install }) => install === 'operator');
  const agents = nodeAgents(mesh);
  const onNodes = [...new Set(agents.map(([, namespace]) => namespace))];
  const tags = [...new Set(Object.values(mesh.clusters).flatMap((cluster) => Object.keys(cluster.tags)))];
  const enrolled = isAmbient(mesh)
    ? 'label `istio.io/dataplane-mode: ambient`'
    : `label ${[...tags, 'default'].map((tag) => `\`istio.io/rev: ${tag}\``).join(' or ')}`;
  return table(
    ['namespace', 'what is in it', 'whose'],
    [
      [
        named([rootNamespace(mesh)]),
        'resources of Istio that hold for the whole mesh (the root namespace)',
        'platform team',
      ],
      ...(operated ? [['`istio-operator`', 'the operators', 'platform team']] : []),
      ...(usesSail(mesh) ? [[named([sailNamespace]), 'the Sail Operator', 'platform team']] : []),
      [named([istiodNamespaces(mesh)]), 'istiod', 'platform team'],
      ...onNodes.map((namespace) => [
        named([namespace]),
        `${agents
          .filter(([, home]) => home === namespace)
          .map(([name]) => name)
          .join(' and ')}, on every node`,
        'your platform',
      ]),
      ...gatewayNamespaces(mesh).map((namespace) => [
        named([namespace]),
        `${named(Object.keys(mesh.gateways).filter((gateway) => gatewayNamespace(mesh, gateway) === namespace))}; no label of injection`,
        'platform team',
      ]),
      ['all others', `workloads; those in the mesh have the ${enrolled}`, 'their teams'],
    ],
  );
}

/** What runs on every node, each with its namespace. */
function nodeAgents(mesh: Mesh): [name: string, namespace: string][] {
  const agent = nodeAgent(mesh);
  return [
    ...(agent === undefined ? [] : [['the CNI node agent', agent.namespace] as [string, string]]),
    ...(isAmbient(mesh) ? [['ztunnel', ztunnelNamespace] as [string, string]] : []),
  ];
}

/** The namespace of istiod, or the form of its name where each revision has one. */
export function istiodNamespaces(mesh: Mesh): string {
  return mesh.namespaces.controlPlane === 'shared'
    ? controlPlaneNamespaces(mesh, Object.keys(mesh.revisions)).join()
    : 'istio-system-REVISION';
}
