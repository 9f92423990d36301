import type { KubeObject } from '../../kube/objects.js';

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message?: string;
}

/** What the operator looks at for the status of an object; all as last seen. */
export interface Seen {
  /** The Deployment or DaemonSet that must be ready. */
  readonly workload: KubeObject | undefined;
  readonly cni: KubeObject | undefined;
  readonly ztunnel: KubeObject | undefined;
  readonly namespaces: Iterable<KubeObject>;
  readonly pods: readonly KubeObject[];
}

/** The status of an object with these conditions: their state is the reason of the first that should be true and is not. */
export function statusOf(
  { metadata, status }: KubeObject,
  deciding: readonly Condition[],
  others: readonly Condition[],
) {
  const before: readonly (Condition & { lastTransitionTime: string })[] = status?.conditions ?? [];
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const conditions = [...deciding, ...others].map((condition) => {
    const was = before.find(({ type }) => type === condition.type);
    return { ...condition, lastTransitionTime: was?.status === condition.status ? was.lastTransitionTime : now };
  });
  const state = deciding.find((condition) => condition.status !== 'True')?.reason ?? 'Healthy';
  return { observedGeneration: metadata.generation, conditions, state };
}

export function reconciled(problem: string | undefined): Condition {
  if (problem === undefined) return { type: 'Reconciled', status: 'True', reason: 'Reconciled' };
  const message = `error reconciling resource: ${problem}`;
  return { type: 'Reconciled', status: 'False', reason: 'ReconcileError', message };
}

/** Not how many pods should be there, but whether those that are there are ready: the operator looks no further. */
export function ready(workload: KubeObject | undefined, what: string, reason: string): Condition {
  const no = (message: string): Condition => ({ type: 'Ready', status: 'False', reason, message });
  if (workload === undefined) return no(`${what} not found`);
  const { replicas, readyReplicas, currentNumberScheduled, numberReady } = workload.status ?? {};
  const wanted: number = replicas ?? currentNumberScheduled ?? 0;
  if (wanted === 0) return no(`${what} has no pods`);
  if ((readyReplicas ?? numberReady ?? 0) < wanted) return no(`not all ${what} pods are ready`);
  return { type: 'Ready', status: 'True', reason: 'Ready' };
}

export function dependenciesHealthy({ spec }: KubeObject, { cni, ztunnel }: Seen): Condition {
  const { global, pilot, profile } = spec.values ?? {};
  const needed: [string, KubeObject | undefined, boolean][] = [
    ['IstioCNI', cni, pilot?.cni?.enabled ?? global?.platform === 'openshift'],
    ['ZTunnel', ztunnel, profile === 'ambient' || pilot?.env?.PILOT_ENABLE_AMBIENT === 'true'],
  ];
  const type = 'DependenciesHealthy';
  for (const [kind, object, isNeeded] of needed) {
    if (!isNeeded || object?.status?.state === 'Healthy') continue;
    const reason = `${kind}${object === undefined ? 'NotFound' : 'NotHealthy'}`;
    return { type, status: 'False', reason, message: `${kind} resource does not exist or is not healthy` };
  }
  return { type, status: 'True', reason: type };
}

/** Whether a namespace, a pod's annotation, or a pod's label where its namespace has none, names the revision. */
export function inUse({ metadata: { name } }: KubeObject, { namespaces, pods }: Seen): Condition {
  const of = new Map([...namespaces].map(({ metadata }) => [metadata.name, revisionOfNamespace(metadata.labels)]));
  const uses = ({ metadata: { namespace = '', labels, annotations } }: KubeObject): boolean =>
    annotations?.['istio.io/rev'] === name || (!of.get(namespace) && revisionOfPod(labels) === name);
  const used = [...of.values()].includes(name) || pods.some((pod) => pod.status?.phase !== 'Succeeded' && uses(pod));
  return used
    ? { type: 'InUse', status: 'True', reason: 'ReferencedByWorkloads' }
    : { type: 'InUse', status: 'False', reason: 'NotReferencedByAnything' };
}

type Labels = Readonly<Record<string, string>>;

function revisionOfNamespace(labels: Labels = {}): string | undefined {
  return labels['istio-injection'] === 'enabled' ? 'default' : labels['istio.io/rev'];
}

function revisionOfPod(labels: Labels = {}): string | undefined {
  const inject = labels['sidecar.istio.io/inject'];
  if (inject === 'false') return undefined;
  return labels['istio.io/rev'] ?? (inject === 'true' ? 'default' : undefined);
}
