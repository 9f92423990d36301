import type { Mark } from '../../src/cluster/chart.js';
import { type Assessment, assess, readyEndpoints, same } from '../../src/cluster/timeline.js';
import { sleep, until } from './clock.js';
import type { EngineName } from './delivery/engine.js';
import { expect } from './errors.js';
import type { KubeObject } from './kube/objects.js';
import { expectHooked, writtenState } from './kube/written-state.js';
import type { Lab } from './lab.js';
import type { BootstrapOptions, PhaseCommit, Repository, RetireStep } from './repository/repository.js';
import type { Outage } from './scenario.js';
import { type Load, type LoadSummary, nothingSent } from './traffic/load.js';
import { startRequests } from './traffic/requests.js';

/** How hard the client asks, in requests a second. Half on keep-alive connections, half on new ones. */
export interface Pace {
  readonly perSecond: number;
  /** Requests that must have been sent when the scenario ends; it goes on sending until then. */
  readonly atLeast: number;
}

export interface StageOptions {
  readonly lab: Lab;
  readonly repository: Repository;
  readonly engineName: EngineName | 'none';
  readonly pace: Pace;
  readonly say: (line: string) => void;
}

/** What a runbook says: the verbs of a scenario. */
export interface Stage {
  readonly lab: Lab;
  readonly repository: Repository;
  readonly marks: readonly Mark[];
  readonly outages: readonly Outage[];
  mark(kind: Mark['kind'], text: string): void;
  /** From nothing to a healthy mesh that serves requests. */
  bootstrap(options?: Partial<Omit<BootstrapOptions, 'engine' | 'url'>>): Promise<string>;
  /** Pushes a commit and does not wait. */
  push(commit: PhaseCommit): Promise<void>;
  /** Pushes a commit and waits until the engine has made it real. Timeout in seconds. */
  merge(commit: PhaseCommit, timeout?: number): Promise<void>;
  /** Waits until the engine has made a commit real, and the Services' endpoints have followed. Timeout in seconds. */
  synced(commit: string, timeout?: number): Promise<void>;
  /** Plans a whole upgrade, or up to a phase; returns its last commit, which holds all of them. */
  wholeUpgrade(version: string, through?: string): Promise<PhaseCommit>;
  /** Merges an upgrade phase by phase; at each, exactly the revisions serve that should. Returns its last commit. */
  mergePhases(commits: readonly PhaseCommit[], from: string, to: string): Promise<string>;
  /** Undoes `default` and `cut` of a finished upgrade, a commit each, and goes through them again, both at once. */
  rollbackAndAgain(from: string, to: string): Promise<void>;
  /**
   * Retires a revision in its three steps, four where its operator wants its gateways switched off first, while another
   * serves. Each step is written when the generator has looked at the cluster and found the revision unused. Returns the last commit.
   */
  retire(version: string, serving: string): Promise<string>;
  /** Pushes the commit that mends broken gateways, and waits until the engine has gone on by itself. */
  mendGateways(version: string): Promise<string>;
  /** The end of an upgrade: synced, only this version serves, and nothing drifts. Timeout in seconds. */
  expectUpgraded(commit: string, version: string, timeout?: number): Promise<void>;
  /** A fault that no upgrade can prevent: what is lost between these moments is counted and not held against anybody. */
  mayLose(from: number, to: number): void;
  /** Requests up to now. */
  sent(): LoadSummary;
  /** The judgement of every entry Service up to now. */
  assessments(): readonly Assessment[];
  /** The gateway pods of a version that run now. */
  gatewayPods(version: string): readonly KubeObject[];
  /** Whether exactly these versions serve an entry Service, and nothing else. */
  expectServing(service: string, versions: readonly string[]): void;
  /** Lets time pass in which an entry Service must stay with these versions. */
  staysServing(service: string, versions: readonly string[], seconds: number): Promise<void>;
  /** In sync, healthy, and still so after two refreshes: nothing fights over a field. */
  expectNoDrift(commit: string): Promise<void>;
  /** Ends the requests and returns their count. */
  finish(): Promise<LoadSummary>;
}

/** `istio-ingressgateway` in the shared namespace. */
export const ingress = 'istio-gateways/istio-ingressgateway';

export function createStage({ lab, repository, engineName, pace, say }: StageOptions): Stage {
  const marks: Mark[] = [];
  const outages: Outage[] = [];
  let load: Load | undefined;

  function mark(kind: Mark['kind'], text: string): void {
    marks.push({ at: Date.now(), kind, text });
    say(text);
  }

  async function push({ phase, commit }: PhaseCommit): Promise<void> {
    await lab.gitServer.push(repository.directory, commit);
    mark('commit', `pushed ${phase} (${commit.slice(0, 8)})`);
  }

  async function synced(commit: string, timeout?: number): Promise<void> {
    await lab.engine.synced(commit, timeout);
    await until('the endpoints to follow their Services', endpointsFollow, { timeout: 30, every: 50 });
  }

  /** An engine is done when the API server has the objects; the controller of the endpoints comes after that. */
  async function endpointsFollow(): Promise<boolean> {
    const { watcher, cluster } = lab;
    for (const { service: name, samples } of watcher.timelines()) {
      const service = await cluster.kube.find(`/api/v1/namespaces/${name.replace('/', '/services/')}`);
      const last = samples.at(-1);
      if (last === undefined) continue;
      if (!same(service?.spec.selector ?? {}, last.selector) || readyEndpoints(last) !== last.selected) return false;
    }
    return true;
  }

  async function merge(step: PhaseCommit, timeout?: number): Promise<void> {
    const start = Date.now();
    await push(step);
    await synced(step.commit, timeout);
    mark('synced', `synced ${step.phase} in ${Math.round((Date.now() - start) / 1000)} s`);
  }

  function expectServing(service: string, versions: readonly string[]): void {
    const serving = lab.watcher.serving(service);
    const found = Object.keys(serving).sort();
    const wanted = versions.map((version) => version.replaceAll('.', '_')).sort();
    expect(
      readyEndpoints({ serving }) > 0 && found.join() === wanted.join(),
      `${service} should be served by ${wanted.join(' and ')}, and is by ${JSON.stringify(serving)}`,
    );
  }

  async function expectNoDrift(commit: string): Promise<void> {
    const { engine, cluster } = lab;
    const written = async (): Promise<string[]> => [...(await writtenState(cluster.kube)), await engine.lastActed()];
    await engine.refresh();
    await engine.synced(commit, 60);
    await expectHooked(cluster.kube);
    const before = await written();
    for (let round = 0; round < 2; round++) {
      await engine.refresh();
      await sleep(2500);
      const state = await engine.state(commit);
      expect(state === 'synced', `it was in sync, and after a refresh it is not: ${JSON.stringify(state)}`);
    }
    const fought = (await written()).filter((line) => !before.includes(line));
    expect(fought.length === 0, `in sync, and still written to: ${fought.join(', ')}`);
    mark('note', 'no drift over two refreshes');
  }

  async function wholeUpgrade(version: string, through?: string): Promise<PhaseCommit> {
    const last = (await repository.upgrade(version, through)).at(-1);
    expect(last !== undefined, 'the upgrade made no commit');
    return { ...last, phase: `the whole upgrade to ${version}, up to ${last.phase}` };
  }

  async function mergePhases(commits: readonly PhaseCommit[], from: string, to: string): Promise<string> {
    const serving: Readonly<Record<string, readonly string[]>> = { blend: [from, to], cut: [to], default: [to] };
    let last = '';
    for (const commit of commits) {
      await merge(commit);
      expectServing(ingress, serving[commit.phase] ?? [from]);
      last = commit.commit;
    }
    return last;
  }

  return {
    lab,
    repository,
    marks,
    outages,
    mark,
    mayLose: (from, to) => void outages.push({ from, to }),
    push,
    merge,
    synced,
    expectServing,
    sent: () => load?.now() ?? nothingSent,
    assessments: () => lab.watcher.timelines().map(assess),
    gatewayPods: (version) =>
      lab.pods.pods().filter(({ metadata }) => metadata.name.includes(`gateway-${version.replaceAll('.', '-')}`)),
    async bootstrap(options = {}) {
      expect(engineName !== 'none', 'this scenario has no engine');
      const commit = await repository.bootstrap({
        version: '1.20.8',
        ...options,
        engine: engineName,
        url: lab.gitServer.url,
      });
      const start = Date.now();
      await push({ phase: 'bootstrap', commit });
      await lab.engine.handOver(repository.directory);
      await synced(commit, 300);
      mark('synced', `bootstrapped in ${Math.round((Date.now() - start) / 1000)} s`);
      load = await startRequests(lab, pace.perSecond);
      mark('note', `requests flow, ${pace.perSecond} a second`);
      return commit;
    },
    async staysServing(service, versions, seconds) {
      const end = Date.now() + seconds * 1000;
      while (Date.now() < end) {
        expectServing(service, versions);
        await sleep(200);
      }
    },
    expectNoDrift,
    wholeUpgrade,
    mergePhases,
    async rollbackAndAgain(from, to) {
      for (const serving of [[to], [from, to]]) {
        for (const undone of await repository.rollback()) await merge(undone);
        expectServing(ingress, serving);
      }
      await merge(await wholeUpgrade(to));
      expectServing(ingress, [to]);
    },
    async retire(version, serving) {
      const steps: RetireStep[] = [];
      for (;;) {
        const { step, commit } = await until(
          `${version} to be unused`,
          () => repository.retire(version, lab.cluster.kubeconfig),
          { timeout: 90, every: 1000 },
        );
        steps.push(step);
        await merge({ phase: `retire ${step} of ${version}`, commit });
        expectServing(ingress, [serving]);
        const inOrder = /^(gateway-pods,)?gateways(,control-plane(,operator)?)?$|^gateway-pods$/.test(steps.join());
        expect(inOrder, `a revision retires gateways, control plane, operator, and not ${steps.join()}`);
        if (step === 'operator') return commit;
      }
    },
    async mendGateways(version) {
      const mended = await repository.annotateGatewayPods(version, undefined, 'Mend the new gateways');
      const start = Date.now();
      await push({ phase: 'the commit that mends them', commit: mended });
      await synced(mended, 300);
      mark('synced', `mended ${Math.round((Date.now() - start) / 1000)} s after the push`);
      return mended;
    },
    async expectUpgraded(commit, version, timeout) {
      await synced(commit, timeout);
      expectServing(ingress, [version]);
      await expectNoDrift(commit);
    },
    async finish() {
      if (load === undefined) return nothingSent;
      const missing = pace.atLeast - load.now().sent;
      if (missing > 0) {
        mark('note', `sending ${missing} more requests`);
        await until('the requests', () => (load?.now().sent ?? 0) >= pace.atLeast, {
          timeout: missing / pace.perSecond + 60,
        });
      }
      const summary = await load.stop();
      load = undefined;
      return summary;
    },
  };
}
