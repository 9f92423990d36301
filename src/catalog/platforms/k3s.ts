import { nodesOnly, type Platform } from './platform.js';

/**
 * K3s with its ServiceLB (docs.k3s.io/networking/networking-services): every node listens on the ports of the Service.
 *
 * The bundled Traefik has ports 80 and 443 of every node, and an entry Service would wait for them for ever: it must be
 * disabled. Without ServiceLB the platform is bare-metal.
 */
export const k3s: Platform = { title: 'k3s: K3s with its ServiceLB, and without its Traefik', soak: nodesOnly };
