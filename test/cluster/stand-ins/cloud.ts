import type { Cluster } from '../cluster/cluster.js';
import type { KubeObject } from '../kube/objects.js';
import { objectPath } from '../kube/objects.js';
import { watchKind } from '../kube/watch.js';

/** Plays the cloud: gives every LoadBalancer Service an address. */
export interface Cloud {
  /** From now on Services get no address, as on a platform without load balancers. */
  withhold(): void;
  stop(): void;
}

export function startCloud({ kube }: Cluster): Cloud {
  let withheld = false;
  const watch = watchKind(kube, '/api/v1/services', ({ type, object }) => {
    if (type === 'DELETED' || withheld || !wantsAddress(object)) return;
    const ingress = [{ ip: `192.0.2.${1 + (Number.parseInt((object.metadata.uid ?? '0').slice(0, 6), 16) % 250)}` }];
    const path = objectPath({ ...object, apiVersion: 'v1', kind: 'Service' });
    kube.mergePatch(`${path}/status`, { status: { loadBalancer: { ingress } } }).catch(() => {});
  });
  return {
    withhold() {
      withheld = true;
    },
    stop: () => watch.stop(),
  };
}

function wantsAddress({ spec, status }: KubeObject): boolean {
  return spec.type === 'LoadBalancer' && (status?.loadBalancer?.ingress ?? []).length === 0;
}
