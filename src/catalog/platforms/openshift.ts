import { anyCloud } from '../soak.js';
import { since } from '../versions.js';
import type { Platform } from './platform.js';

/**
 * OpenShift (istio.io/docs/setup/platform-setup/openshift): the CNI runs in kube-system behind multus, and pods that choose their user need an SCC.
 *
 * The values follow manifests/profiles/openshift.yaml of each minor (from 1.24 the charts know the platform), but for the injected annotation: it would land on
 * gateway pods too, and sidecars get it from `istio_cni.chained: false`.
 */
export const openshift: Platform = {
  title: 'openshift: OpenShift, with the Istio CNI behind multus',
  soak: anyCloud,
  permission: 'openshift.yaml',
  cni: {
    required: true,
    namespace: 'kube-system',
    // The chart puts what multus reads into `default` (templates/network-attachment-definition.yaml).
    chartNamespaces: ['kube-system', 'default'],
    provider: 'multus',

    values: (version) => {
      if (since(version, '1.24')) return { global: { platform: 'openshift' } };
      return since(version, '1.21')
        ? { profile: 'openshift' }
        : {
            cni: {
              cniBinDir: '/var/lib/cni/bin',
              cniConfDir: '/etc/cni/multus/net.d',
              chained: false,
              cniConfFileName: 'istio-cni.conf',
              excludeNamespaces: ['istio-system', 'kube-system'],
              ...(since(version, '1.11') ? { privileged: true } : {}),
              ...(since(version, '1.19') ? { provider: 'multus' } : {}),
            },
          };
    },

    controlPlaneValues: (version) => {
      if (since(version, '1.24')) return { top: {}, global: { platform: 'openshift' } };
      return since(version, '1.21')
        ? { top: { profile: 'openshift' }, global: {} }
        : {
            top: { istio_cni: { enabled: true, chained: false } },
            global: since(version, '1.19') ? { platform: 'openshift' } : {},
          };
    },
  },
};
