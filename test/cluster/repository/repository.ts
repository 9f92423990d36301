import type { EngineName } from '../delivery/engine.js';

/** One commit of an upgrade, in the order in which they are merged. */
export interface PhaseCommit {
  /** add, workloads, blend, cut, default; or what else the commit is. */
  readonly phase: string;
  readonly commit: string;
}

export interface BootstrapOptions {
  readonly engine: EngineName;
  readonly version: string;
  readonly url: string;
  /** Gateway kinds; ingress when left out. */
  readonly gateways?: readonly ('ingress' | 'egress' | 'eastwest')[];
  readonly dedicatedNamespaces?: boolean;
  /** A platform of the generator's catalogue. */
  readonly platform?: string;
  /** How the revision gets into the cluster; the generator's own choice when left out. */
  readonly install?: Install;
  /** The URL of the chart repository, where it is not Istio's own, or with install method sail not the Sail Operator's. */
  readonly charts?: string;
  /** The repository holds what the charts render to. */
  readonly render?: boolean;
}

export type Install = 'operator' | 'helm' | 'sail';

/** The repository under test: what a platform team does in it. Every verb commits; nothing is pushed here. */
export interface Repository {
  readonly directory: string;
  bootstrap(options: BootstrapOptions): Promise<string>;
  /** Adds a revision and carries the upgrade to `through` (`default` when left out), installed as the one before when not said. */
  upgrade(version: string, through?: string, install?: Install): Promise<readonly PhaseCommit[]>;
  /**
   * Lets commits restart workloads, and adds a team's folder, apps/<namespace>, with two pods on the tag `prod` that includes
   * the component. Returns the last commit.
   */
  restartByCommits(namespace: string): Promise<string>;
  /** The reverse edit of the last phase, up to `steps` phases back. */
  rollback(steps?: number): Promise<readonly PhaseCommit[]>;
  /** Gives a broken new revision up in one step: the old one serves again, and the new one's gateways and control plane go. */
  giveUp(): Promise<PhaseCommit>;
  /** The next step of retire. With a kubeconfig it looks at that cluster; else a person has, and says so. */
  retire(version: string, kubeconfig?: string): Promise<{ readonly step: RetireStep; readonly commit: string }>;
  /**
   * The team's own patch of a layer, under `custom/`: annotations on the gateway pods of one version. None takes the patch away.
   */
  annotateGatewayPods(
    version: string,
    annotations: Readonly<Record<string, string>> | undefined,
    message: string,
  ): Promise<string>;
  /** The same for the istiod pods of one version that an operator installs. */
  annotateIstiodPods(
    version: string,
    annotations: Readonly<Record<string, string>> | undefined,
    message: string,
  ): Promise<string>;
}

export type RetireStep = 'gateway-pods' | 'gateways' | 'control-plane' | 'operator';
