import { controlPlaneNamespaces, gatewayNamespace, gatewayNamespaces } from '../catalog/namespaces.js';
import { adopted } from '../model/adopted.js';
import { gatewayDeployment, gatewayOf, idle } from '../model/gateway.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import {
  clusterOf,
  controlPlaneNamespace,
  controlPlaneRevisions,
  gatewayRevisions,
  revisionOf,
} from '../model/revision.js';

/** The present state as Mermaid diagrams: one for all clusters that look the same. */
export function diagrams(mesh: Mesh): string {
  const alike = new Map<string, string[]>();
  for (const name of Object.keys(mesh.clusters)) {
    const drawn = diagram(mesh, name);
    alike.set(drawn, [...(alike.get(drawn) ?? []), name]);
  }
  return [...alike].map(([drawn, names]) => `**${names.join(', ')}**\n\n\`\`\`mermaid\n${drawn}\n\`\`\``).join('\n\n');
}

/** Namespaces as boxes; entry Services with an arrow to each of their gateways; tags to control planes. */
function diagram(mesh: Mesh, name: string): string {
  const cluster = clusterOf(mesh, name);
  const gateways = Object.keys(mesh.gateways);
  const boxes = [
    ...gatewayNamespaces(mesh).map((namespace) => {
      const members = gateways.filter((gateway) => gatewayNamespace(mesh, gateway) === namespace);
      const deployments = members.flatMap((gateway) =>
        gatewayRevisions(cluster).map((revision) => gatewayDeployment(gateway, revision)),
      );
      return box(namespace, [
        ...members.map((gateway) => `${id(gateway)}{{"${gateway}"}}`),
        ...deployments.map((deployment) => `${id(deployment)}["${deployment}"]`),
      ]);
    }),
    ...controlPlaneNamespaces(mesh, controlPlaneRevisions(cluster)).map((namespace) => {
      const members = controlPlaneRevisions(cluster).filter(
        (revision) => controlPlaneNamespace(mesh, revision) === namespace,
      );
      return box(
        namespace,
        members.map((revision) => `${id('istiod', revision)}["istiod ${revisionOf(mesh, revision).version}"]`),
      );
    }),
  ];
  const traffic = gateways.flatMap((gateway) =>
    gatewayRevisions(cluster).flatMap((revision) => {
      const deployment = id(gatewayDeployment(gateway, revision));
      return [
        `  ${id(gateway)} ${arrow(cluster, gateway, revision)} ${deployment}`,
        `  ${deployment} --- ${id('istiod', revision)}`,
      ];
    }),
  );
  const before = gateways.flatMap((gateway) =>
    (gatewayOf(mesh, gateway).adopted?.deployments ?? []).map((deployment) => {
      const serves = cluster.serves[gateway]?.includes(adopted) === true;
      return `  ${id(gateway)} ${serves ? '==>' : '-. left .->'} ${id('before', deployment)}["${deployment}, not of this repository"]`;
    }),
  );
  const named = cluster.default === adopted ? cluster.tags : { ...cluster.tags, default: cluster.default };
  const tags = Object.entries(named).map(
    ([tag, revision]) => `  ${id('tag', tag)}(["tag ${tag}"]) --> ${id('istiod', revision)}`,
  );
  return ['flowchart LR', ...boxes.flat(), ...before, ...traffic, ...tags].join('\n');
}

/** Thick to who serves. */
function arrow({ revisions, serves }: Cluster, gateway: string, revision: string): string {
  const serving = serves[gateway] ?? [];
  return serving.includes(revision) ? '==>' : `-. ${idle(revisions, serving, revision)} .->`;
}

export function box(title: string, members: readonly string[]): string[] {
  return [`  subgraph ${id('namespace', title)}["${title}"]`, ...members.map((member) => `    ${member}`), '  end'];
}

/** A node name that Mermaid cannot take for an arrow or a keyword. */
export function id(...parts: readonly string[]): string {
  return parts.join('_').replaceAll(/\W/g, '_');
}
