import {
  dataPlaneNames,
  engineNames,
  gatewayKindNames,
  installNames,
  type Mesh,
  platformNames,
} from '../model/mesh.js';
import { phaseNames } from '../policy/phases.js';
import { adoptOptions } from './adopt-options.js';
import { editOptions } from './edit-options.js';
import type { Option } from './option.js';

/** The rules that `--force` may break, one by one. */
export const forcibleRules = [
  'cluster-in-use',
  'config-disrupts',
  'control-plane-namespace',
  'crds-back',
  'dirty-tree',
  'downgrade',
  'edited-file',
  'engine-in-use',
  'foreign-file',
  'gateway-in-use',
  'gateway-not-off',
  'load-balancer',
  'port-in-use',
  'restarts-in-use',
  'selects-old-pods',
  'skip-blend',
  'skip-minor',
  'tag-in-use',
  'trust-domain',
  'usage-unknown',
] as const;

const gatewayMakers = ['injected', 'operator'] as const satisfies readonly Mesh['revisions'][string]['gateways'][];

/** The gateways that a load balancer can lead to. */
const reachable = gatewayKindNames.filter((kind) => kind !== 'egress');

/** How `verify` can print its findings: for people, for annotations of pull requests, and for machines. */
export const formatNames = ['text', 'github', 'sarif', 'junit', 'json'] as const;

/** The commands that write. */
const writing = ['app', 'adopt', 'revision', 'rollback', 'retire', 'gateway', 'cluster', 'tag', 'config'] as const;

/** Every option, in the order of the help. Every question of bootstrap is one of them. */
export const allOptions: readonly Option[] = [
  { name: 'root', value: 'DIR', description: 'The folder of the repository (default: here)' },
  {
    name: 'istio-version',
    value: '1.9.5',
    description: 'The Istio version to start with (default: the newest that the install method can install)',
    only: ['app'],
  },
  {
    name: 'istio-version',
    value: '1.9.5',
    description:
      'The version beside the old one (default: the newest patch of its minor, or the next minor where that name is taken)',
    only: ['adopt'],
  },
  ...(
    [
      ['app', 'helm, or operator where --istio-version names one that it installs'],
      ['adopt', 'helm beside charts and from 1.24 on, else operator'],
      ['revision', 'that of the newest revision'],
    ] as const
  ).map(([command, otherwise]) => ({
    name: 'install',
    value: installNames.join('|'),
    choices: installNames,
    description: `How the revision gets into the cluster (default: ${otherwise})`,
    only: [command],
  })),
  {
    name: 'gateway-install',
    value: gatewayMakers.join('|'),
    choices: gatewayMakers,
    description: 'Who makes the gateways (default: injected, from Istio 1.10 on)',
    only: ['app', 'revision'],
  },
  {
    name: 'render',
    description: "Have helm render Istio's charts into the repository, as plain manifests",
    only: ['app', 'adopt', 'revision'],
  },
  {
    name: 'engine',
    value: engineNames.join('|'),
    choices: engineNames,
    description: 'The delivery engine that syncs the repository (default: argo-cd)',
    only: ['app', 'adopt'],
  },
  {
    name: 'platform',
    value: platformNames.join('|'),
    choices: platformNames,
    description: 'The kind of Kubernetes (default: kubernetes)',
    only: ['app', 'adopt'],
  },
  {
    name: 'data-plane',
    value: dataPlaneNames.join('|'),
    choices: dataPlaneNames,
    description: 'Sidecars, or ztunnel on every node (ambient mode, from Istio 1.24 on) (default: sidecar)',
    only: ['app'],
  },
  {
    name: 'gateways',
    value: gatewayKindNames.join(','),
    choices: gatewayKindNames,
    list: true,
    description: 'The gateways (default: ingress)',
    only: ['app'],
  },
  {
    name: 'internal-gateways',
    value: reachable.join(','),
    choices: reachable,
    list: true,
    description: 'Those of the gateways whose load balancer has a private address (default: none)',
    only: ['app'],
  },
  {
    name: 'gateway-namespaces',
    value: 'shared|dedicated',
    choices: ['shared', 'dedicated'],
    description: 'One namespace for all gateways, or one each (default: shared)',
    only: ['app'],
  },
  {
    name: 'control-plane-namespaces',
    value: 'shared|per-revision',
    choices: ['shared', 'per-revision'],
    description: 'istio-system for all, or istio-system-<revision> (default: shared)',
    only: ['app'],
  },
  {
    name: 'clusters',
    value: 'production,…',
    list: true,
    description: 'The clusters (default: production)',
    only: ['app', 'adopt'],
  },
  {
    name: 'repository',
    value: 'URL',
    description: 'Where the delivery engine finds the repository (default: the remote origin)',
    only: ['app', 'adopt'],
  },
  {
    name: 'branch',
    value: 'main',
    description: 'The branch that the delivery engine follows (default: the current one)',
    only: ['app', 'adopt'],
  },
  {
    name: 'hub',
    value: 'docker.io/istio',
    description: 'The registry that all Istio images come from (default: docker.io/istio; of adopt, what is found)',
    only: ['app', 'adopt'],
  },
  {
    name: 'charts',
    value: 'URL',
    description: "The repository of Istio's charts, or your mirror of it (default: Istio's own)",
    only: ['app', 'adopt'],
  },
  { name: 'from', value: 'FILE', description: 'A whole istio-prod.yaml to start from', only: ['app'] },
  {
    name: 'through',
    value: phaseNames.join('|'),
    choices: phaseNames,
    description: 'The last phase to carry out (default: cut)',
    only: ['revision'],
  },
  {
    name: 'cluster',
    value: 'NAME,…',
    list: true,
    description: 'Only these clusters (default: all)',
    only: ['revision', 'rollback', 'retire', 'status', 'watch', 'verify', 'tag'],
  },
  {
    name: 'context',
    value: 'NAME',
    description: 'Look at the cluster behind this context of the kubeconfig',
    only: ['adopt', 'revision', 'rollback', 'retire', 'status', 'watch', 'verify'],
  },
  {
    name: 'check',
    description:
      'Before traffic moves: whether the gateways that get it are ready, and as many as serve; needs --context',
    only: ['revision', 'rollback'],
  },
  {
    name: 'scale-up',
    description: 'With --check: where they are ready but fewer, one commit that makes them as many, and nothing else',
    only: ['revision', 'rollback'],
  },
  { name: 'for', value: '15m', description: 'How long to watch (default: until Ctrl-C)', only: ['watch'] },
  { name: 'report', value: 'DIR', description: 'Where the report goes (default: istio-prod-watch)', only: ['watch'] },
  { name: 'probe', value: 'URL', description: 'Ask this URL meanwhile, and count what fails', only: ['watch'] },
  { name: 'rate', value: '5', description: 'Requests a second of --probe, 50 at most (default: 5)', only: ['watch'] },
  ...adoptOptions,
  ...editOptions,
  {
    name: 'branch-name',
    value: 'NAME',
    description: 'Commit to this branch, which is made where it is not there',
    only: writing,
  },
  { name: 'all', description: 'Back through every phase, not only the last', only: ['rollback'] },
  {
    name: 'broken',
    description: 'The new revision does not work: the old one serves at once, and the new one goes',
    only: ['rollback'],
  },
  {
    name: 'format',
    value: formatNames.join('|'),
    choices: formatNames,
    description: 'How to print the findings (default: text)',
    only: ['verify'],
  },
  {
    name: 'since',
    value: 'COMMIT',
    description: 'What must not change since when: the commit to compare with (default: HEAD)',
    only: ['verify'],
  },
  { name: 'skip', value: 'RULE,…', list: true, description: 'Leave these rules out', only: ['verify'] },
  { name: 'defaults', description: 'Ask nothing', only: writing },
  { name: 'dry-run', description: 'Show the diff and write nothing' },
  { name: 'json', description: 'Print the result as JSON' },
  { name: 'no-commit', description: 'Write the files and leave git alone; takes one phase', only: writing },
  {
    name: 'force',
    value: 'RULE',
    choices: forcibleRules,
    list: true,
    description: 'Break this one rule',
    only: writing,
  },
];
