import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WatchReport } from '../../../src/cluster/watch-report.js';
import { sleep, until } from '../clock.js';
import { expect } from '../errors.js';
import { cli, fluxObjects, idleMesh, istioProd, readers } from '../fixtures/idle-mesh.js';
import type { Scenario } from '../scenario.js';
import { ingress, type Stage } from '../stage.js';

const path = '/api/v1/namespaces/istio-gateways/services/istio-ingressgateway';

export const scenario: Scenario = {
  title: 'watch sees what the harness sees: switches, a gap, requests that fail, and a time in which it sees nothing',
  core: true,
  engines: ['none'],
  async run(stage) {
    const { repository, lab } = stage;
    await repository.bootstrap({ engine: 'flux', version: '1.20.8', url: 'https://git.example.com/istio.git' });
    await repository.upgrade('1.21.6', 'blend');
    await idleMesh(stage);
    await fluxObjects(stage);
    const contexts = await readers(stage);

    const calm = await watched(stage, contexts, async () => {
      await select(stage, { istio: 'ingressgateway', version: '1_21_6' }, 2);
    });
    expect(calm.code === 0, `a good switch is no finding: ${calm.report.sentences.join(' ')}`);
    expect(
      calm.report.sentences[0] === `Entry Service ${ingress}: never below 2 ready endpoints, 0 intervals without.`,
      `it should say so, and says ${calm.report.sentences[0]}`,
    );
    expect(calm.report.assessments[0]?.switches.length === 1, 'one switch');
    expect(
      calm.report.marks.some(({ text }) => text === 'flux 01234567: settled'),
      'the engine is followed',
    );

    const bad = await watched(stage, contexts, async () => {
      await select(stage, { istio: 'ingressgateway', version: 'misspelt' }, 0);
      await sleep(1000);
      await select(stage, { istio: 'ingressgateway' }, 4);
    });
    expect(bad.code === 1, 'a gap is a finding');
    expect(bad.report.assessments[0]?.gaps.length === 1 && bad.report.assessments[0].minimum === 0, 'the gap is seen');
    const own = bad.report.assessments[0]?.gaps[0];
    const theirs = stage
      .assessments()
      .find(({ service }) => service === ingress)
      ?.gaps.at(-1);
    const [one, other] = [own, theirs].map((gap) => (gap?.to ?? 0) - (gap?.from ?? 0)) as [number, number];
    expect(Math.abs(one - other) < 500, `the gap took ${one} ms, and the harness saw ${other} ms`);

    const blind = await watched(stage, contexts, async () => {
      await lab.cluster.restartApiServer();
      await sleep(5000);
    });
    expect(blind.code === 2, `what could not be seen is not known: ${blind.report.sentences.join(' ')}`);
    expect(
      blind.report.blind.length > 0 && blind.report.blind.every(({ to }) => to !== undefined),
      'the API server was away, and came back',
    );

    const args = [
      'watch',
      '--context',
      'reader',
      '--for',
      '5s',
      '--json',
      '--dry-run',
      '--probe',
      'http://127.0.0.1:59321/',
    ];
    const { code, text } = await istioProd(repository.directory, contexts, args);
    const { probe } = JSON.parse(text) as WatchReport;
    expect(
      code === 1 && probe !== null && probe.sent > 10 && probe.failed === probe.sent,
      `failures are counted: ${text}`,
    );
  },
};

/** What `watch` reports of a time in which something happens: it begins when the watch has said so, and ends it as a person does. */
async function watched(
  stage: Stage,
  kubeconfig: string,
  happens: () => Promise<void>,
  more: readonly string[] = [],
): Promise<{ readonly code: number | null; readonly report: WatchReport }> {
  const { repository, lab } = stage;
  const folder = join(lab.cluster.directory, 'watch');
  const env = { PATH: process.env.PATH, HOME: repository.directory, KUBECONFIG: kubeconfig, NO_COLOR: '1' };
  const args = [cli, 'watch', '--context', 'reader', '--report', folder, ...more];
  const child = spawn(process.execPath, args, { cwd: repository.directory, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await until('the watch to begin', () => text.includes('ready endpoints, selects'), { timeout: 60 });
  await happens();
  // What happened last is seen by its event, some moments later.
  await sleep(1500);
  child.kill('SIGINT');
  const code = await ended;
  for (const line of text.trim().split('\n')) stage.mark('note', line);
  expect(readFileSync(join(folder, 'index.html'), 'utf8').includes('</svg>'), 'the page must hold its charts');
  return { code, report: JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as WatchReport };
}

async function select({ lab }: Stage, selector: Record<string, string>, endpoints: number): Promise<void> {
  const patch = [{ op: 'replace', path: '/spec/selector', value: selector }];
  await lab.cluster.kube.request('PATCH', path, patch, 'application/json-patch+json');
  const count = (): number => Object.values(lab.watcher.serving(ingress)).reduce((sum, each) => sum + each, 0);
  await until(`${endpoints} endpoints`, () => count() === endpoints, { timeout: 30 });
}
