/** A kind of Kubernetes: what differs from one to another is data. */
export interface Platform {
  /** One line for the question. */
  readonly title: string;
  /** Where pods may not redirect traffic themselves, a node agent does it. */
  readonly cni?: {
    readonly namespace: string;
    /** Everything under `values` of the agent's IstioOperator, for an Istio version. */
    values(version: string): object;
    /** The values by which the istiod of that version knows of the agent. */
    controlPlaneValues(version: string): ControlPlaneValues;
  };
  /** Whether LoadBalancer Services never get an address here: an engine that waited for one would wait for ever. */
  readonly withoutLoadBalancers?: true;
  /** The annotations by which a LoadBalancer Service can be reached from there; left out: nothing reads any. */
  readonly exposure?: Readonly<Record<'internal' | 'external', Readonly<Record<string, string>>>>;
  readonly soak: Soak;
  /** The file that lets pods choose their user (Istio's run as 1337), where the platform asks for one; a template of that name makes it. */
  readonly permission?: string;
}

/** How long to wait at least once a phase is synced, in seconds: what happens outside the cluster, where nothing here can look. */
export interface Soak {
  /** After blend: until load balancers have the added pods as targets, and found them healthy. */
  readonly blend: number;
  /** After cut, before the old gateways go: until load balancers have let go of them. */
  readonly cut: number;
  /** After gateways were taken away, before their control plane goes: until their pods have ended. */
  readonly retire: number;
}

/**
 * The soak of a platform whose cloud is not known: that of the slowest.
 *
 * Pods that are registered as targets take minutes to become healthy (kubernetes-sigs/aws-load-balancer-controller#3621), and
 * a deregistered target keeps its connections for 300 s (the default deregistration_delay of an NLB,
 * kubernetes-sigs/aws-load-balancer-controller#2504); twice that, since the deregistration itself comes late. The pods of our gateways end within
 * their grace period of 60 s.
 */
export const anyCloud: Soak = { blend: 300, cut: 600, retire: 120 };

/**
 * Says the exposure in a cloud that is not known: each reads its own annotation and leaves the others alone.
 *
 * kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer: GKE, AKS, and both controllers of AWS.
 * All are external where nothing is said, but for the AWS Load Balancer Controller.
 */
export const exposureInAnyCloud = {
  internal: {
    'networking.gke.io/load-balancer-type': 'Internal',
    'service.beta.kubernetes.io/aws-load-balancer-internal': 'true',
    'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
    'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
  },
  external: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing' },
} as const;

/** Values of an istiod that a platform adds: top level keys, and keys under `global`. */
export interface ControlPlaneValues {
  readonly top: object;
  readonly global: object;
}
