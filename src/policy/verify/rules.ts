import {
  argoApplication,
  argoDifferences,
  argoGate,
  argoHealth,
  argoRetry,
  argoSyncOptions,
  argoWaves,
} from './argo-cd.js';
import {
  liveControlPlanes,
  nodeAgent,
  oneRegistry,
  operatorThere,
  rootIsThere,
  sameSettings,
} from './control-planes.js';
import { crdsForward } from './definitions.js';
import { entryBlend, entryPods, entryRetire, entrySelector } from './entry-services.js';
import { builds, frozenFiles, managedFiles, meshFollowed, patchTargets } from './files.js';
import { fluxAsBuilt, fluxChain, fluxHealth, fluxReleases, fluxTimeout, fluxWholeCluster } from './flux.js';
import {
  disruptionBudget,
  drain,
  gatewayDiscovery,
  gatewayIdentity,
  gatewayInjection,
  gatewayRevision,
  gatewaySelectors,
  gatewaySettings,
  injectionLabels,
} from './gateways.js';
import { entryStays, immutableFields, lastingObjects, releaseStays } from './history.js';
import { adopting, envoyFilterPriority, gatewayPins, layers } from './istio-resources.js';
import { labelStrings, names, oneOwner, protectedObjects } from './owners.js';
import { divisor, hooks, podAnnotations, progressDeadline, replicas, rollout } from './pods.js';
import { containerPorts, listenerPorts, networkLabel, noLoadBalancer, statusPort, targetPorts } from './ports.js';
import { restartAfterTag } from './restarts.js';
import type { ClusterLook, RepositoryLook, Rule } from './rule.js';
import { defaultValidator, istiodAlias, releaseTags, tags, webhookFields } from './tags.js';
import { metricsOrder, preStop, revisionLabels } from './workloads.js';

/** What is asked of the files. */
export const repositoryRules: readonly Rule<RepositoryLook>[] = [builds, meshFollowed, frozenFiles, managedFiles];

/** What is asked of every cluster as it is built, in the order in which findings are shown. */
export const clusterRules: readonly Rule<ClusterLook>[] = [
  // Who serves.
  entrySelector,
  entryPods,
  entryBlend,
  entryRetire,
  entryStays,
  // What they listen on.
  listenerPorts,
  targetPorts,
  containerPorts,
  statusPort,
  noLoadBalancer,
  networkLabel,
  // Gateways.
  gatewaySelectors,
  gatewayRevision,
  gatewayInjection,
  gatewayIdentity,
  gatewayDiscovery,
  gatewaySettings,
  injectionLabels,
  revisionLabels,
  drain,
  preStop,
  rollout,
  progressDeadline,
  replicas,
  metricsOrder,
  disruptionBudget,
  // Tags and webhooks.
  tags,
  defaultValidator,
  istiodAlias,
  webhookFields,
  restartAfterTag,
  releaseTags,
  // Control planes.
  liveControlPlanes,
  sameSettings,
  rootIsThere,
  operatorThere,
  nodeAgent,
  oneRegistry,
  crdsForward,
  releaseStays,
  // Istio's own resources.
  gatewayPins,
  envoyFilterPriority,
  adopting,
  // Objects of any kind.
  oneOwner,
  layers,
  protectedObjects,
  lastingObjects,
  immutableFields,
  patchTargets,
  names,
  labelStrings,
  podAnnotations,
  divisor,
  hooks,
  // Delivery.
  argoApplication,
  argoSyncOptions,
  argoRetry,
  argoDifferences,
  argoHealth,
  argoWaves,
  argoGate,
  fluxWholeCluster,
  fluxChain,
  fluxTimeout,
  fluxAsBuilt,
  fluxHealth,
  fluxReleases,
];
