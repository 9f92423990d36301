import pc from 'picocolors';
import type { Found, FoundGateway, Installation } from '../policy/adopt/installation.js';
import { table } from './status-text.js';

/** What was found, what the repository will own of it, what it leaves alone, and what nobody knows. */
export function foundText(found: Found): string {
  const { installations, gateways, leftAlone, namespaces, unknown } = found;
  const sections = [
    section('Found', [
      ['WHAT', 'WHERE', 'AS IT IS'],
      ...installations.flatMap(installationRows),
      ...gateways.map(({ name, gateway, owner }) => [
        `gateway ${name}`,
        gateway.adopted.namespace,
        `${gateway.kind}, ${gateway.adopted.service.type}, ports ${ports({ gateway })}; by ${owner}`,
      ]),
      ...namespaces.map(({ name, label }) => ['injected namespace', name, label]),
    ]),
    section('This repository will own', [
      ['WHAT', 'HOW'],
      ...gateways.map(({ name, gateway }) => [
        `Service ${gateway.adopted.namespace}/${name}`,
        `as it is, with its address; selector ${JSON.stringify(gateway.adopted.selector)} until blend`,
      ]),
      ...(installations.length === 0
        ? []
        : [
            ['Namespaces of these', 'kept; istio-system is labelled with its network'],
            ["Istio's definitions (CRD)", 'at the version of the new revision; they never go back'],
            ['its own revision, tag and gateways', 'new, beside the old ones, and dark'],
          ]),
    ]),
    section('It leaves alone', [
      ['WHAT', 'WHY'],
      ...installations.map(({ namespace, revision }) => [
        `${namespace}/${istiod(revision)}, its injector, validator and tags`,
        'they are their owner’s; docs/adopting.md says when they go',
      ]),
      ...gateways.flatMap(({ gateway }) =>
        gateway.adopted.deployments.map((name) => [
          `Deployment ${gateway.adopted.namespace}/${name}`,
          'it serves until the cut',
        ]),
      ),
      ...leftAlone.map(({ what, why }) => [what, why]),
    ]),
    section('Unknown', [['WHAT'], ...unknown.map((each) => [each])]),
  ].filter((text) => text !== '');
  return sections.length === 0 ? 'No Istio was found.' : sections.join('\n\n');
}

function installationRows({
  install,
  version,
  revision,
  tags,
  namespace,
  releases,
  settings,
  mtls,
  cni,
  ambient,
}: Installation) {
  const unknown = pc.yellow('unknown');
  const rows: (readonly (string | undefined)[])[] = [
    ['Istio', namespace, `${version ?? unknown}, by ${install === 'unknown' ? unknown : install}`],
    [
      'revision',
      namespace,
      `${revision === 'default' ? 'none (default)' : revision}${tags.length === 0 ? '' : `, tags ${tags.join(', ')}`}`,
    ],
    ...releases.map(({ name, namespace: where }) => ['Helm release', where, name]),
    ['root namespace', '', settings?.rootNamespace ?? unknown],
    ['trust domain', '', settings?.trustDomain ?? unknown],
    ['traffic to the outside', '', settings?.outbound ?? unknown],
    ['mTLS of the mesh', '', mtls ?? 'PERMISSIVE, since nothing says otherwise'],
    ...(cni ? [['CNI node agent', '', 'there; it stays the old one until the phase default']] : []),
    ...(ambient ? [['ambient mode', '', 'there']] : []),
  ];
  return rows.map((row) => row.map((cell) => cell ?? ''));
}

function istiod(revision: string): string {
  return revision === 'default' ? 'istiod' : `istiod-${revision}`;
}

function ports({ gateway }: Pick<FoundGateway, 'gateway'>): string {
  return gateway.adopted.service.ports.map(({ port, targetPort }) => `${port}→${targetPort}`).join(', ');
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length < 2 ? '' : `${pc.bold(title)}\n${table(rows)}`;
}
