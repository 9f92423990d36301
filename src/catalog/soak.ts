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
