import { since } from '../versions.js';
import type { Platform } from './platform.js';

/** OpenShift (istio.io/docs/setup/platform-setup/openshift): the CNI runs in kube-system behind multus, gateways need an SCC. */
export const openshift: Platform = {
  title: 'openshift: OpenShift, with the Istio CNI behind multus',
  gatewayClusterRole: 'system:openshift:scc:nonroot-v2',
  cni: {
    namespace: 'kube-system',

    // Value names moved between minors: manifests/profiles/openshift.yaml and the charts' values of each.
    values: (version) => ({
      cniBinDir: '/var/lib/cni/bin',
      cniConfDir: '/etc/cni/multus/net.d',
      chained: false,
      cniConfFileName: 'istio-cni.conf',
      excludeNamespaces: ['istio-system', 'kube-system'],
      ...(since(version, '1.11') && !since(version, '1.22') ? { privileged: true } : {}),
      ...(since(version, '1.19') ? { provider: 'multus' } : {}),
    }),

    controlPlaneValues: (version) =>
      since(version, '1.22')
        ? { top: {}, pilot: { cni: { enabled: true, provider: 'multus' } } }
        : {
            top: {
              istio_cni: { enabled: true, chained: false },
              sidecarInjectorWebhook: { injectedAnnotations: { 'k8s.v1.cni.cncf.io/networks': 'istio-cni' } },
            },
            pilot: {},
          },
  },
};
