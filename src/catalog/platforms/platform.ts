import type { Soak } from '../soak.js';

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

/** The CNI node agent, which redirects the traffic of pods in their place (istio.io/docs/setup/additional-setup/cni). */
export interface NodeAgent {
  readonly namespace: string;
  /** Every namespace that its chart has objects in. */
  readonly chartNamespaces: readonly string[];
  /** What calls the plugin: `pilot.cni.provider` of the charts. */
  readonly provider: 'default' | 'multus';
  /** The values of the agent for an Istio version: everything under `values` of its IstioOperator, or those of its chart. */
  values(version: string): { readonly profile?: string; readonly cni?: object; readonly global?: object };
  /** The values by which the istiod of that version knows of the agent. */
  controlPlaneValues(version: string): ControlPlaneValues;
}

/** Values of an istiod that a platform adds: top level keys, and keys under `pilot` and `global`. */
export interface ControlPlaneValues {
  readonly top: object;
  readonly pilot?: object;
  readonly global: object;
}
