import { chainedAgent } from '../chained-agent.js';
import { nodesOnly } from '../soak.js';
import { since } from '../versions.js';
import type { Platform } from './platform.js';

/**
 * K3s with its ServiceLB (docs.k3s.io/networking/networking-services): every node listens on the ports of the Service.
 *
 * The bundled Traefik has ports 80 and 443 of every node, and an entry Service would wait for them for ever: it must be
 * disabled. Without ServiceLB the platform is bare-metal.
 */
export const k3s: Platform = {
  title: 'k3s: K3s with its ServiceLB, and without its Traefik',
  soak: nodesOnly,
  // istio.io/docs/ambient/install/platform-prerequisites. The folder data/cni is there from late patches of 1.28 on; Istio
  // 1.25 is the first whose Kubernetes are all later.
  cni: chainedAgent((version) => ({
    cniBinDir: `/var/lib/rancher/k3s/data/${since(version, '1.25') ? 'cni' : 'current/bin'}`,
    cniConfDir: '/var/lib/rancher/k3s/agent/etc/cni/net.d',
  })),
};
