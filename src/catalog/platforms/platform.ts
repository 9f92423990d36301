/** A kind of Kubernetes: what differs from one to another is data. */
export interface Platform {
  /** One line for the question. */
  readonly title: string;
  /** Where pods may not redirect traffic themselves, a node agent does it. */
  readonly cni?: {
    readonly namespace: string;
    /** Every namespace that its chart has objects in. */
    readonly chartNamespaces: readonly string[];
    /** What calls the plugin: `pilot.cni.provider` of the charts. */
    readonly provider: string;
    /** The values of the agent for an Istio version: everything under `values` of its IstioOperator, or those of its chart. */
    values(version: string): { readonly profile?: string; readonly global?: object };
    /** The values by which the istiod of that version knows of the agent. */
    controlPlaneValues(version: string): ControlPlaneValues;
  };
  /** Whether LoadBalancer Services never get an address here: an engine that waited for one would wait for ever. */
  readonly withoutLoadBalancers?: true;
  /** The file that lets pods choose their user (Istio's run as 1337), where the platform asks for one; a template of that name makes it. */
  readonly permission?: string;
}

/** Values of an istiod that a platform adds: top level keys, and keys under `global`. */
export interface ControlPlaneValues {
  readonly top: object;
  readonly global: object;
}
