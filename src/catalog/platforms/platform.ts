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
  /**
   * The annotations by which the platform makes the load balancer of an entry Service public (external) or private
   * (internal). Left out: nothing is known of private ones here. A mesh can add to them and take them away.
   */
  readonly loadBalancers?: Readonly<Record<'external' | 'internal', Readonly<Record<string, string>>>>;
  /** The file that lets pods choose their user (Istio's run as 1337), where the platform asks for one; a template of that name makes it. */
  readonly permission?: string;
}

/** Values of an istiod that a platform adds: top level keys, and keys under `global`. */
export interface ControlPlaneValues {
  readonly top: object;
  readonly global: object;
}
