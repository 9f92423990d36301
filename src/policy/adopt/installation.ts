import type { foreignInstalls } from '../../model/adopted.js';
import type { KubeObject } from '../../model/kube-object.js';
import type { Gateway } from '../../model/mesh.js';

/** A gateway that runs, with the Service that traffic comes in by. */
export interface FoundGateway {
  /** The name of its entry Service. */
  readonly name: string;
  readonly gateway: Gateway & { readonly adopted: NonNullable<Gateway['adopted']> };
  /** The most pods that one of its Deployments has now. */
  readonly replicas: number;
  /** The labels of the pods of its first Deployment. */
  readonly podLabels: Readonly<Record<string, unknown>>;
  /** Deployments whose pods the shared label would select too, and that the Service does not. */
  readonly strangers: readonly string[];
  /** Who writes the Service, in words. */
  readonly owner: string;
}

/** What was found and is not touched, and why. */
export interface LeftAlone {
  /** "Kind namespace/name". */
  readonly what: string;
  readonly why: string;
}

/** An Istio that is not of this repository. */
export interface Installation {
  readonly install: (typeof foreignInstalls)[number];
  /** Undefined where no image says it. */
  readonly version: string | undefined;
  /** `default` where it has none. */
  readonly revision: string;
  readonly tags: readonly string[];
  readonly namespace: string;
  readonly releases: readonly { readonly name: string; readonly namespace: string }[];
  /** Whether an operator without a revision runs, which takes every IstioOperator for its own. */
  readonly takesAllOperators: boolean;
  /** Undefined where its ConfigMaps were not read, or have no YAML in them. */
  readonly settings: Settings | undefined;
  /** The mode of a PeerAuthentication for the whole mesh; undefined where there is none. */
  readonly mtls: string | undefined;
  readonly cni: boolean;
  readonly ambient: boolean;
}

/** What an installation says of the mesh; what it does not say is as Istio has it. */
export interface Settings {
  readonly rootNamespace: string;
  readonly trustDomain: string;
  readonly outbound: string;
  readonly meshId: string | undefined;
  readonly network: string | undefined;
  readonly clusterName: string | undefined;
  readonly hub: string | undefined;
  /** Keys of its mesh configuration that this repository does not carry over. */
  readonly others: readonly string[];
}

/** A namespace whose pods get sidecars, and by which label. */
export interface InjectedNamespace {
  readonly name: string;
  /** istio-injection=enabled, or istio.io/rev=prod. */
  readonly label: string;
}

/** All that was recognised in a cluster. */
export interface Found {
  /** Every control plane; most clusters have one. */
  readonly installations: readonly Installation[];
  readonly gateways: readonly FoundGateway[];
  readonly leftAlone: readonly LeftAlone[];
  /** Resources of Istio, NetworkPolicies, and Services that stay their owner's: all that may select pods of gateways. */
  readonly selecting: readonly KubeObject[];
  readonly namespaces: readonly InjectedNamespace[];
  /** Whether there are gateways, or webhooks of an istiod: an Istio without a control plane is no cluster without Istio. */
  readonly traces: boolean;
  /** The Applications of Argo CD that say of something that it is theirs. */
  readonly applications: readonly string[];
  /** The names of all revision tags, whoever they name. */
  readonly tags: readonly string[];
  /** Why something cannot be told from what was read, each a sentence. */
  readonly unknown: readonly string[];
}
