import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { WatchReport } from '../../../src/cluster/watch-report.js';
import type { Status } from '../../../src/commands/status-report.js';
import { until } from '../clock.js';
import { expect } from '../errors.js';
import { cli, istioProd, type Ran, readers } from '../fixtures/idle-mesh.js';
import type { Scenario } from '../scenario.js';
import { ingress, type Stage } from '../stage.js';

export const scenario: Scenario = {
  title: 'status, verify, watch, the checks and retire during an upgrade that a real engine carries out',
  core: false,
  async run(stage) {
    const { repository, lab } = stage;
    const { kube } = lab.cluster;
    await stage.bootstrap();
    const contexts = await readers(stage);
    const look = looks(stage, contexts);

    await look(['verify', '--skip', 'live-kubernetes'], 0, [/Nothing found/]);
    await expectStatus(look, null);
    const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/destinationrules.networking.istio.io';
    await kube.mergePatch(definition, { metadata: { labels: { 'app.kubernetes.io/version': '1.99.0' } } });
    await look(['verify', '--skip', 'live-kubernetes'], 1, [/live-crds/, /They are of 1\.99\.0, and the repository/]);
    await kube.mergePatch(definition, { metadata: { labels: { 'app.kubernetes.io/version': null } } });

    await stage.mergePhases(await repository.upgrade('1.21.6', 'workloads'), '1.20.8', '1.21.6');
    await expectStatus(look, 'workloads');
    const mend = lab.faults.set({ revision: '1-21-6', role: 'gateway' }, { neverReady: true });
    const check = ['revision', '1.21.6', '--check', '--dry-run'];
    await until('new gateways that are not ready', async () => (await look(check, undefined, [])).code === 1, {
      timeout: 60,
      every: 1000,
    });
    await look(check, 1, [/gateways-not-ready/, /0 of 2 pods of 1-21-6 ready/]);
    await look(['status'], 1, [/The gateway istio-ingressgateway-1-21-6 has 0 of 2 replicas ready/]);
    mend();
    await until('new gateways that are ready', async () => (await look(check, undefined, [])).code === 0, {
      timeout: 90,
      every: 1000,
    });

    const report = await watched(stage, contexts, async () => {
      await stage.mergePhases(await repository.upgrade('1.21.6', 'cut'), '1.20.8', '1.21.6');
    });
    expect(!report.lost && !report.unseen, `nothing is lost: ${report.sentences.join(' ')}`);
    const own = report.assessments.find(({ service }) => service === ingress);
    expect(own?.switches.length === 2, `blend and cut are two switches: ${JSON.stringify(own?.switches)}`);
    expect(
      report.marks.filter(({ kind }) => kind === 'synced').length >= 2,
      `the engine is followed: ${JSON.stringify(report.marks)}`,
    );
    await expectStatus(look, 'cut');
    await expectConnected(look, { '1-20-8': 2, '1-21-6': 2 });

    const back = ['rollback', '--check', '--dry-run'];
    await look(back, 0, [/roll back cut/]);
    const old = lab.faults.set({ revision: '1-20-8', role: 'gateway' }, { neverReady: true });
    await until('old gateways that are not ready', async () => (await look(back, undefined, [])).code === 1, {
      timeout: 60,
      every: 1000,
    });
    await look(back, 1, [/gateways-not-ready/, /0 of 2 pods of 1-20-8 ready/, /rollback --check --context reader/]);
    old();

    await stage.mergePhases(await repository.upgrade('1.21.6'), '1.20.8', '1.21.6');
    await until('all to be ready again', async () => (await look(['status'], undefined, [])).code === 0, {
      timeout: 90,
      every: 1000,
    });
    await expectStatus(look, 'default');
    await look(['retire', '1.20.8', '--dry-run'], 0, [/Istio: retire gateways of 1-20-8/]);
    const last = await stage.retire('1.20.8', '1.21.6');
    await look(['verify', '--skip', 'live-kubernetes'], 0, [/Nothing found/]);
    await expectStatus(look, null);
    await stage.expectNoDrift(last);
  },
};

type Look = (args: readonly string[], code: number | undefined, texts: readonly RegExp[]) => Promise<Ran>;

/** The built command with rights to read only; a code and texts that it must come to. */
function looks({ repository, lab }: Stage, kubeconfig: string): Look {
  return async (args, code, texts) => {
    const all = [...args, '--context', 'reader'];
    const ran = await istioProd(repository.directory, kubeconfig, all, dirname(lab.cluster.tool('kustomize')));
    const missing = texts.filter((text) => !text.test(ran.text));
    const typed = `istio-prod ${all.join(' ')}`;
    expect(code === undefined || ran.code === code, `${typed} should exit ${code}, and did ${ran.code}: ${ran.text}`);
    expect(missing.length === 0, `${typed} should say ${missing.join(' and ')}: ${ran.text}`);
    return ran;
  };
}

/** Nothing is found, nothing is unknown, and the engine has settled on the commit that is checked out. */
async function expectStatus(look: Look, reached: string | null): Promise<void> {
  const { text } = await look(['status', '--json'], 0, []);
  const { status, clusters } = JSON.parse(text) as Status;
  const [cluster] = clusters;
  const engine = cluster?.live?.engine ?? [];
  expect(status === 'ok', `status is ${status}`);
  expect((cluster?.upgrade?.reached ?? null) === reached, `${cluster?.upgrade?.reached} was reached, not ${reached}`);
  expect(
    engine.length > 0 && engine.every(({ settled, revision }) => settled && /^[0-9a-f]{40}$/.test(revision)),
    `the engine must have settled: ${JSON.stringify(engine)}`,
  );
}

/** Every istiod says how many proxies it serves: the gateways of its revision. */
async function expectConnected(look: Look, wanted: Readonly<Record<string, number>>): Promise<void> {
  const { text } = await look(['status', '--json'], 0, []);
  const live = (JSON.parse(text) as Status).clusters[0]?.live;
  const found = Object.fromEntries(live?.controlPlanes?.map(({ revision, connected }) => [revision, connected]) ?? []);
  expect(
    isDeepStrictEqual(found, wanted),
    `istiods serve ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}: ${JSON.stringify(live?.unasked)}`,
  );
}

/** What `watch` reports of a time in which something happens. */
async function watched(
  { repository, lab, mark }: Stage,
  kubeconfig: string,
  happens: () => Promise<void>,
): Promise<WatchReport> {
  const folder = join(lab.cluster.directory, 'watch');
  const env = { PATH: process.env.PATH, HOME: repository.directory, KUBECONFIG: kubeconfig, NO_COLOR: '1' };
  const args = [cli, 'watch', '--context', 'reader', '--report', folder];
  const child = spawn(process.execPath, args, { cwd: repository.directory, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await until('the watch to begin', () => text.includes('ready endpoints, selects'), { timeout: 60 });
  await happens();
  child.kill('SIGINT');
  await ended;
  for (const line of text.trim().split('\n')) mark('note', line);
  return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as WatchReport;
}
