/** A port of an entry Service. The target is at 1024 or above, because gateway pods run without privileges. */
export interface GatewayPort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
  /** Always written: server-side apply keys the ports by port and protocol. */
  readonly protocol: 'TCP';
}

/** A kind of gateway: kinds differ in data only. */
export interface GatewayKind {
  /** One line for the question. */
  readonly title: string;
  /** The name of the gateway that bootstrap makes of this kind. */
  readonly defaultName: string;
  /** Its namespace where gateway namespaces are dedicated. */
  readonly dedicatedNamespace: string;
  /** The type of the entry Service. */
  readonly serviceType: 'LoadBalancer' | 'ClusterIP';
  /** The component of an IstioOperator that makes it. */
  readonly component: 'ingressGateways' | 'egressGateways';
  /** Whether it carries traffic between the networks of a mesh, and so is told its network. */
  readonly crossesNetworks: boolean;
  readonly ports: readonly GatewayPort[];
}
