/** A kind of Kubernetes: what differs from one to another is data. */
export interface Platform {
  /** One line for the question. */
  readonly title: string;
  /** What the CNI node agent is here, where it is not as anywhere; `required` where pods may not redirect traffic themselves. */
  readonly cni?: NodeAgent & { readonly required?: true };
  /** Whether LoadBalancer Services never get an address here: an engine that waited for one would wait for ever. */
  readonly withoutLoadBalancers?: true;
  /**
   * The annotations by which the platform makes the load balancer of an entry Service public (external) or private
   * (internal). Left out: nothing is known of private ones here. A mesh can add to them and take them away.
   */
  readonly loadBalancers?: Readonly<Record<'external' | 'internal', Readonly<Record<string, string>>>>;
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

/** The soak where balancers know nodes and never pods: they find a node by two or three probes, five to ten seconds apart. */
export const nodesOnly: Soak = { blend: 60, cut: 120, retire: 120 };

/** The CNI node agent, which redirects the traffic of pods in their place (istio.io/docs/setup/additional-setup/cni). */
export interface NodeAgent {
  readonly namespace: string;
  /** Everything under `values` of the agent's IstioOperator, for an Istio version. */
  values(version: string): object;
  /** The values by which the istiod of that version knows of the agent. */
  controlPlaneValues(version: string): ControlPlaneValues;
}

/** Values of an istiod that a platform adds: top level keys, and keys under `pilot` and `global`. */
export interface ControlPlaneValues {
  readonly top: object;
  readonly pilot?: object;
  readonly global: object;
}
