import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSnapshot } from '../../../src/cluster/read-snapshot.js';
import type { Snapshot } from '../../../src/cluster/snapshot.js';
import type { Mesh } from '../../../src/model/mesh.js';
import { parseMesh } from '../../../src/render/mesh-file.js';
import { until } from '../clock.js';
import { expect } from '../errors.js';
import { cutOff } from '../fixtures/cut-off.js';
import { applyLayer, applySwitch, fluxObjects, idleMesh, istioProd, type Ran, readers } from '../fixtures/idle-mesh.js';
import { nameOf } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';
import { ingress, type Stage } from '../stage.js';

/** Writes the snapshots that test/live reads, into this folder: ISTIO_PROD_RECORD=test/live/recorded. */
const recordings = process.env.ISTIO_PROD_RECORD;

export const scenario: Scenario = {
  title:
    'status, verify, watch, the checks and retire read a real API server, and say what they may not or cannot read',
  core: true,
  engines: ['none'],
  async run(stage) {
    const { repository, lab } = stage;
    const { kube } = lab.cluster;
    await repository.bootstrap({ engine: 'flux', version: '1.20.8', url: 'https://git.example.com/istio.git' });
    await repository.upgrade('1.21.6', 'blend');
    await idleMesh(stage);
    const half = await cutOff(lab.cluster.addresses.port('api-server'));
    const contexts = await readers(stage, half.port);

    await expectRun(stage, contexts, ['status', '--context', 'reader'], 2, [
      /has no kind kustomizations\.kustomize\.toolkit\.fluxcd\.io/,
      /kubectl --context reader get customresourcedefinitions/,
    ]);
    await fluxObjects(stage);
    const { text } = await expectRun(stage, contexts, ['status', '--context', 'reader'], 0, [
      /Upgrade 1-20-8 → 1-21-6: blend is done/,
      /^1-20-8 +1\.20\.8 +operator +2\/2 ready +4 pods of 2 workloads$/m,
      /^1-21-6 +1\.21\.6 +operator +2\/2 ready +2 pods of 1 workload$/m,
      // These istiods are not played.
      /Istiods in context reader do not say how many proxies they serve: port 15014 of their pods is not reached\./,
      /^istio-ingressgateway +1-20-8 +serves +serves +2\/2 ready +2$/m,
      /^istio-ingressgateway +192\.0\.2\.\d+$/m,
      /^Support of 1\.20\.8 ended on 2024-06-25, of 1\.21\.6 ended on 2024-09-27\.$/m,
      /^ +1-21-6 +serves +serves +2\/2 ready +2$/m,
      /^prod +1-21-6 +1-21-6 +1$/m,
      /^istio-5-switch +0123456789ab +Ready$/m,
      /^shop +statefulset\/stock +2 +1-20-8 +restart, for 1-21-6$/m,
      /kubectl --context reader -n shop rollout restart deployment\/cart/,
      /revision 1\.21\.6 --through cut --check --context reader$/,
    ]);
    for (const line of text.split('\n')) stage.mark('note', line);
    await record(stage, contexts, 'blend');
    await expectSamePages(stage, contexts);

    const check = ['revision', '1.21.6', '--check', '--context', 'reader'];
    const back = ['rollback', '--check', '--context', 'reader'];
    const verify = ['verify', '--skip', 'live-kubernetes', '--context', 'reader'];
    await expectRun(stage, contexts, [...check, '--dry-run'], 0, [/Istio 1\.21\.6: cut/]);
    await expectRun(stage, contexts, [...back, '--dry-run'], 0, [/Istio: roll back blend/]);
    await expectRun(stage, contexts, verify, 0, [/Nothing found/]);
    await expectRun(stage, contexts, ['verify', '--context', 'reader'], 1, [
      /Kubernetes is v1\.\d+\.\d+, and Istio 1\.21\.6 supports 1\.26 to 1\.29/,
    ]);

    const looks = [['status'], check.slice(0, -2), back.slice(0, -2), ['watch', '--for', '3s']];
    for (const command of looks) {
      await expectNothingDone(stage, contexts, command, 'narrow', [
        /You may not list pods in context narrow/,
        /kubectl --context narrow auth can-i list pods --all-namespaces/,
      ]);
    }
    for (const command of [...looks, verify.slice(0, -2)]) await expectNoWayIn(stage, contexts, command, half);
    const old = '/apis/autoscaling/v1/namespaces/istio-gateways/horizontalpodautoscalers/istio-ingressgateway-1-20-8';
    await kube.mergePatch(old, { spec: { minReplicas: 4 } });
    await until('four old gateways', () => lab.watcher.serving(ingress)['1_20_8'] === 4, { timeout: 60 });
    await expectRun(stage, contexts, check, 1, [
      /1-21-6 has 2 ready pods, and 4 ready endpoints of 1-20-8 serve now/,
      /minReplicas/,
    ]);
    await expectRun(stage, contexts, [...check, '--scale-up', '--dry-run'], 0, [
      /A run would write: Istio 1\.21\.6: scale up/,
      /"path": "\/spec\/minReplicas",\n\+ +"value": 4/,
    ]);
    await record(stage, contexts, 'more-old-gateways');
    await expectRun(stage, contexts, [...check, '--scale-up'], 0, [
      /Istio 1\.21\.6: scale up/,
      /revision 1\.21\.6 --check --context reader --scale-up/,
    ]);
    await expectRun(stage, contexts, check, 1, [/asks for as many: push it, wait until 4 are ready/]);
    await applyLayer(stage, '4-gateways', ['HorizontalPodAutoscaler']);
    await until('as many new gateways', () => lab.watcher.serving(ingress)['1_21_6'] === 4, { timeout: 60 });
    await expectRun(stage, contexts, [...check, '--dry-run'], 0, [/Istio 1\.21\.6: cut/]);

    await expectRun(stage, contexts, ['retire', '1.20.8', '--context', 'reader'], 1, [
      /The entry Service istio-ingressgateway still selects 1-20-8/,
      /2 workloads with proxies of 1-20-8: shop\/deployment\/cart, shop\/statefulset\/stock/,
      /The tag default still points at 1-20-8/,
    ]);

    await lab.cluster.processes.find('kube-apiserver')?.stop();
    for (const command of [...looks, verify.slice(0, -2)]) {
      const start = Date.now();
      await expectNothingDone(stage, contexts, command, 'reader', [
        /cannot be reached \(ECONNREFUSED\)/,
        /kubectl --context reader version/,
      ]);
      expect(Date.now() - start < 20_000, 'an API server that is down must not hold anybody up');
    }
    await lab.cluster.restartApiServer();
    await expectRun(stage, contexts, ['status', '--context', 'reader'], 0, [/blend is done/]);

    await repository.upgrade('1.21.6');
    await applySwitch(stage);
    for (const path of ['deployments/cart', 'statefulsets/stock'])
      await kube.remove(`/apis/apps/v1/namespaces/shop/${path}`);
    const shop = '/api/v1/namespaces/shop/pods';
    await until('the old workloads to go', async () => (await kube.list(shop)).length === 2, { timeout: 90 });
    const retire = ['retire', '1.20.8', '--context', 'reader'];
    await expectNothingDone(stage, contexts, retire.slice(0, -2), 'narrow', [
      /You may not list pods in context narrow/,
    ]);
    await expectNoWayIn(stage, contexts, retire.slice(0, -2), half);
    half.close();
    await expectRun(stage, contexts, retire, 0, [/retire gateways of 1-20-8/, /retire 1\.20\.8 --context reader/]);
    await expectRun(stage, contexts, retire, 1, [
      /still there: Deployment istio-gateways\/istio-ingressgateway-1-20-8/,
    ]);
    await kube.remove('/apis/apps/v1/namespaces/istio-gateways/deployments/istio-ingressgateway-1-20-8');
    await expectRun(stage, contexts, retire, 0, [/retire control-plane of 1-20-8/]);
    await expectRun(stage, contexts, ['status', '--context', 'reader'], 1, [
      /retire control plane is done\.\nLeft: retire operator/,
      /The control plane istiod-1-20-8 is there, and the repository does not have it/,
    ]);
  },
};

async function expectRun(
  { repository, lab }: Stage,
  kubeconfig: string,
  args: readonly string[],
  code: number,
  texts: readonly RegExp[],
): Promise<Ran> {
  const ran = await istioProd(repository.directory, kubeconfig, args, dirname(lab.cluster.tool('kustomize')));
  const missing = texts.filter((text) => !text.test(ran.text));
  expect(ran.code === code, `istio-prod ${args.join(' ')} should exit ${code}, and did ${ran.code}: ${ran.text}`);
  expect(missing.length === 0, `istio-prod ${args.join(' ')} should say ${missing.join(' and ')}: ${ran.text}`);
  return ran;
}

/** A command that could not look: it says why and what to type, exits with 2, and leaves the repository as it was. */
async function expectNothingDone(
  stage: Stage,
  kubeconfig: string,
  command: readonly string[],
  context: string,
  texts: readonly RegExp[],
): Promise<void> {
  const before = stateOf(stage);
  await expectRun(stage, kubeconfig, [...command, '--context', context], 2, texts);
  expect(before === stateOf(stage), `${command[0]} must leave the repository as it was`);
}

function stateOf({ repository }: Stage): string {
  const git = (...args: string[]) => execFileSync('git', ['-C', repository.directory, ...args], { encoding: 'utf8' });
  return `${git('rev-parse', 'HEAD')}${git('status', '--porcelain')}`;
}

/** Nobody whom the API server knows, a context that is not there, and a connection that breaks half-way. */
async function expectNoWayIn(
  stage: Stage,
  kubeconfig: string,
  command: readonly string[],
  half: { after(bytes: number): void },
): Promise<void> {
  await expectNothingDone(stage, kubeconfig, command, 'stranger', [
    /does not accept your credentials: they are wrong or have expired/,
    /kubectl --context stranger auth whoami/,
  ]);
  await expectNothingDone(stage, kubeconfig, command, 'elsewhere', [
    /The kubeconfig has no context elsewhere/,
    /Take one of: .*reader/,
  ]);
  half.after(command[0] === 'verify' ? 6_000 : 40_000);
  await expectNothingDone(stage, kubeconfig, command, 'cut', [
    /The API server of context cut cannot be reached \(ECONNRESET\)/,
    /kubectl --context cut version/,
  ]);
}

/** A list that comes in many pages is the list that comes in one. */
async function expectSamePages({ repository }: Stage, kubeconfig: string): Promise<void> {
  const mesh = meshIn(repository.directory);
  process.env.KUBECONFIG = kubeconfig;
  const names = ({ lists }: Snapshot): string =>
    JSON.stringify(lists, (key, value) => (key === 'items' ? value.map(nameOf) : value));
  const [one, many] = [await readSnapshot('reader', mesh, 'status'), await readSnapshot('reader', mesh, 'status', 2)];
  expect(names(one) === names(many), `in one page ${names(one)}, in pages of two ${names(many)}`);
}

function meshIn(folder: string): Mesh {
  const { mesh } = parseMesh(readFileSync(join(folder, 'istio-prod.yaml'), 'utf8'), 'istio-prod.yaml');
  expect(mesh !== undefined, 'the mesh must be read');
  return mesh;
}

async function record({ repository }: Stage, kubeconfig: string, name: string): Promise<void> {
  if (recordings === undefined) return;
  process.env.KUBECONFIG = kubeconfig;
  mkdirSync(recordings, { recursive: true });
  const snapshot = await readSnapshot('reader', meshIn(repository.directory), 'retire');
  writeFileSync(join(recordings, `${name}.json`), `${JSON.stringify(snapshot, null, 1)}\n`);
}
