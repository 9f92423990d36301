import { deletesBase, leavesBehind } from '../catalog/operator-deletions.js';
import type { Mesh, Revision } from '../model/mesh.js';
import { controlPlaneNamespace, revisionOf, versionLabel } from '../model/revision.js';
import { wait } from '../policy/soak.js';

/** The parts of a revision, in the order in which they go. Gateways are switched off first only where their operator needs it. */
export const parts = ['gateway-pods', 'gateways', 'control-plane', 'operator'] as const;
export type Part = (typeof parts)[number];

/** The part as people know it: what is left at the end is an operator where the revision has one, and a folder alone where it has none. */
export function titleOf(part: Part, { install }: Revision): string {
  return part === 'operator' && install !== 'operator' ? 'folder' : part;
}

/** What the commit of a part does. */
export function explains(mesh: Mesh, part: Part, revision: string): string {
  switch (part) {
    case 'gateway-pods':
      return `Switches the gateways of ${revision} off, and their pods go. The IstioOperators stay for one step more: an operator of this version lets them go without what it made, while any proxy is connected to its istiod, and a gateway is one.`;
    case 'gateways':
      return `Takes away the gateways of ${revision}. Nothing in this repository uses it any more.`;
    case 'control-plane':
      return `Takes away the control plane of ${revision}. Nothing in this repository uses it any more.`;
    case 'operator':
      return `Takes away what is left, ${revisionOf(mesh, revision).install === 'operator' ? 'its operator and its folder' : 'its folder'}, of ${revision}. Nothing in this repository uses it any more.`;
  }
}

/** What must be so before the next part goes. `mesh` still has the revision. */
export function beforeNext(mesh: Mesh, part: Part, revision: string): string | undefined {
  const gone = `${wait(mesh, 'retire')}, and merge the next step only when`;
  switch (part) {
    case 'gateway-pods':
      return `${gone} this lists no pod:\n\n    kubectl get pods -A -l istio,version=${versionLabel(revisionOf(mesh, revision).version)}`;
    case 'gateways': {
      const namespace = controlPlaneNamespace(mesh, revision);
      return `${gone} its objects are gone in the cluster, and no proxy is connected to istiod-${revision}: restart the workloads that are.\n\n    istioctl proxy-status --istioNamespace ${namespace}${baseOf(mesh, revision)}`;
    }
    case 'control-plane':
      return `${gone} its objects are gone in the cluster.${leftBehind(mesh, revision)}`;
    case 'operator':
      return undefined;
  }
}

/**
 * Base is one for all revisions of a namespace, and bears the revision whose operator applied it last: also one that was
 * restarted. Istio 1.10 runs by the ServiceAccount and the roles in it; later versions have their own.
 */
function baseOf(mesh: Mesh, revision: string): string {
  const others = Object.keys(mesh.revisions).filter((name) => name !== revision);
  const [newest] = others.slice(-1);
  if (!deletesBase(revisionOf(mesh, revision)) || mesh.namespaces.controlPlane !== 'shared' || newest === undefined)
    return '';
  return `\n\nAn operator of 1.9 also deletes the shared ServiceAccount and roles that bear its revision, and ${newest} may run by them. Where the first command names ${revision}, the second lets ${newest} take them over; look again before you merge.\n\n    kubectl -n istio-system get serviceaccount istiod-service-account -L istio.io/rev\n    kubectl -n istio-operator rollout restart deployment istio-operator-${newest}`;
}

/** How to find and delete by hand what an operator has left behind; nothing for one that leaves nothing. */
export function leftBehind(mesh: Mesh, revision: string, components = ['Pilot']): string {
  const { version } = revisionOf(mesh, revision);
  if (!leavesBehind(revisionOf(mesh, revision))) return '';
  const kinds =
    'deployment,hpa,pdb,service,configmap,envoyfilter,mutatingwebhookconfiguration,clusterrole,clusterrolebinding';
  const selector = `'operator.istio.io/component in (${components.join(',')}),istio.io/rev=${revision}'`;
  return ` An operator of ${version} leaves them behind where a proxy was still connected. Restart what is connected, and delete by the second command what the first lists:\n\n    kubectl get ${kinds} -A -l ${selector}\n    kubectl delete ${kinds} -A -l ${selector}`;
}
