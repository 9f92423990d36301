import type { NodeAgent } from './platforms/platform.js';
import { since } from './versions.js';

/** Where the CNI plugins of a node and their configuration are, as far as it is not where Istio looks by itself. */
interface CniPaths {
  readonly cniBinDir?: string;
  readonly cniConfDir?: string;
}

/**
 * A node agent that adds itself to the CNI plugin that is there.
 *
 * In kube-system: GKE keeps the priority class of node agents to namespaces with a quota for it
 * (istio.io/docs/ambient/install/platform-prerequisites). The charts of every version take the paths below `cni`.
 */
export function chainedAgent(paths: (version: string) => CniPaths = () => ({})): NodeAgent {
  return {
    namespace: 'kube-system',
    chartNamespaces: ['kube-system'],
    provider: 'default',
    values: (version) => (Object.keys(paths(version)).length === 0 ? {} : { cni: paths(version) }),
    controlPlaneValues: (version) =>
      since(version, '1.22')
        ? { top: {}, pilot: { cni: { enabled: true } }, global: {} }
        : { top: { istio_cni: { enabled: true } }, global: {} },
  };
}
