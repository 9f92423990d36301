import { configItems } from '../catalog/config.js';
import { type Gateway, gatewayKindNames } from '../model/mesh.js';

const exposures = ['external', 'internal'] as const satisfies readonly Gateway['exposure'][];

/** The options of the commands that edit the mesh outside an upgrade: gateway, cluster, tag, config. */
export const editOptions = [
  {
    name: 'kind',
    value: gatewayKindNames.join('|'),
    choices: gatewayKindNames,
    description: 'The kind of a new gateway',
    only: ['gateway'],
  },
  {
    // `--namespace` is yo's own, the name of the generator.
    name: 'gateway-namespace',
    value: 'NAME',
    description: 'The namespace of a new gateway, where only gateways are (default: as namespaces.gateways says)',
    only: ['gateway'],
  },
  {
    name: 'exposure',
    value: exposures.join('|'),
    choices: exposures,
    description: 'From where the load balancer of a new gateway can be reached',
    only: ['gateway'],
  },
  {
    name: 'ports',
    value: 'NAME:PORT,…',
    list: true,
    description: 'More ports, each NAME:PORT or NAME:PORT:TARGET (default of TARGET: PORT, or PORT + 8000 below 1024)',
    only: ['gateway'],
  },
  {
    name: 'annotation',
    value: 'KEY=VALUE',
    repeated: true,
    description: 'An annotation of the entry Service; may be typed several times',
    only: ['gateway'],
  },
  {
    name: 'like',
    value: 'NAME',
    description: 'The cluster whose revisions and phase the new one gets (default: the first)',
    only: ['cluster'],
  },
  {
    name: 'network',
    value: 'NAME',
    description: 'The Istio network of the new cluster (default: one of its own)',
    only: ['cluster'],
  },
  {
    name: 'restarts',
    value: 'commits|commands',
    choices: ['commits', 'commands'],
    description: 'How its workloads restart in an upgrade: by a commit each wave, or by commands (default: as now)',
    only: ['cluster'],
  },
  {
    name: 'config',
    value: 'NAME,…',
    choices: Object.keys(configItems),
    list: true,
    description: 'Items of the catalogue of configuration: istio-prod config --list',
    only: ['app'],
  },
  { name: 'list', description: 'Show what there is, and write nothing', only: ['config'] },
  { name: 'remove', description: 'Take it away', only: ['gateway', 'cluster', 'tag', 'config'] },
] as const;
