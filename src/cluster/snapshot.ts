import type { EngineObject } from '../catalog/engines/engine.js';

/** Why something of a cluster could not be looked at. */
export type Reason =
  | 'no-kubeconfig'
  | 'no-context'
  | 'bad-context'
  | 'no-plugin'
  | 'unreachable'
  | 'expired'
  | 'forbidden'
  | 'timeout'
  | 'kind-missing'
  | 'failed';

/** Something of a cluster that nobody knows, because it could not be looked at. Never a guess. */
export interface Unknown {
  readonly reason: Reason;
  /** One sentence: what could not be looked at, and why. */
  readonly message: string;
  /** What to type. */
  readonly fix: string;
  /** What could not be read, in the API's own words: pods, applications.argoproj.io. */
  readonly kinds: readonly string[];
  /** The words of whoever refused; empty where there are none. */
  readonly detail: string;
}

/** What an API server answered to a list: all its objects, or why there is no answer. */
export type Listed<T> = { readonly items: readonly T[] } | { readonly unknown: Unknown };

/** The metadata of any object, as far as anything here looks at it. */
export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[];
  readonly deletionTimestamp?: string;
}

/** An object of which only the metadata was asked for (PartialObjectMetadata): a large cluster has many pods. */
export interface MetadataOnly {
  readonly metadata: Metadata;
}

export interface Deployment extends MetadataOnly {
  readonly spec: {
    readonly replicas?: number;
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly {
          readonly image?: string;
          readonly env?: readonly { readonly name: string; readonly value?: string }[];
        }[];
      };
    };
  };
  readonly status?: { readonly readyReplicas?: number };
}

export interface Service extends MetadataOnly {
  readonly spec: { readonly type?: string; readonly selector?: Readonly<Record<string, string>> };
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

export interface EndpointSlice extends MetadataOnly {
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        /** No condition says ready (Kubernetes API, EndpointConditions). */
        readonly conditions?: { readonly ready?: boolean };
        readonly targetRef?: { readonly kind?: string; readonly name?: string };
      }[]
    | null;
}

export interface Autoscaler extends MetadataOnly {
  readonly spec: { readonly minReplicas?: number; readonly maxReplicas: number };
}

export interface Webhook extends MetadataOnly {
  readonly webhooks?: readonly { readonly clientConfig?: { readonly service?: { readonly name: string } } }[];
}

/** A Gateway or an EnvoyFilter: what selects pods by their labels. */
export interface IstioResource extends MetadataOnly {
  readonly spec?: {
    readonly selector?: Readonly<Record<string, string>>;
    readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> };
  };
}

/** What an API server says of itself at /version, in the form of a list of one. */
export interface ServerVersion extends MetadataOnly {
  /** v1.29.3 */
  readonly gitVersion?: string;
}

/** What one istiod says of itself: the pod that was asked, and its answer. */
export interface Istiod extends MetadataOnly {
  /** How many proxies it serves, or why that is not known. */
  readonly proxies: number | Unknown;
}

export interface ConfigMap extends MetadataOnly {
  readonly data?: Readonly<Record<string, string>>;
}

/** The kinds that are read, each with the type of its objects. */
export interface Kinds {
  readonly namespaces: MetadataOnly;
  readonly pods: MetadataOnly;
  /** The pods of the control planes, each asked itself; only where the pods could be read. */
  readonly istiods: Istiod;
  /** Of the namespaces of control planes and gateways only. */
  readonly deployments: Deployment;
  /** Of the namespaces of gateways only, as are endpoint slices and autoscalers. */
  readonly services: Service;
  readonly endpointSlices: EndpointSlice;
  readonly autoscalers: Autoscaler;
  readonly tags: Webhook;
  readonly validators: Webhook;
  readonly engine: EngineObject;
  /** Only where a revision is to retire, as are Gateways and IstioOperators. */
  readonly envoyFilters: IstioResource;
  readonly gateways: IstioResource;
  readonly operators: MetadataOnly;
  /** Only for verify, as are the ConfigMap argocd-cm and the CustomResourceDefinitions. */
  readonly version: ServerVersion;
  readonly settings: ConfigMap;
  readonly definitions: MetadataOnly;
}

export type KindName = keyof Kinds;

/** What one cluster looked like at one moment: plain data, as the API server answered, and nothing interpreted. */
export interface Snapshot {
  /** The context of the kubeconfig. */
  readonly context: string;
  /** When it was read: an RFC 3339 time. */
  readonly readAt: string;
  /** Kinds that were not asked for are left out. */
  readonly lists: { readonly [K in KindName]?: Listed<Kinds[K]> };
}
