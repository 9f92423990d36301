import { type Assessment, assess } from '../../../src/cluster/timeline.js';
import { until } from '../clock.js';
import { expect } from '../errors.js';
import type { KubeObject } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';
import type { Stage } from '../stage.js';

const namespace = 'self-test';
const service = `${namespace}/istio-ingressgateway`;
const servicePath = `/api/v1/namespaces/${namespace}/services/istio-ingressgateway`;

/** A check that cannot fail is worthless: this one makes the mistakes and expects to be told of them. */
export const scenario: Scenario = {
  title:
    'The watcher notices a switch before readiness, a selector that matches nothing, a Service that goes, and gateways that flap and crash',
  core: true,
  engines: ['none'],
  async run(stage) {
    const { kube } = stage.lab.cluster;
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await kube.apply(entryService({ istio: 'ingressgateway', version: 'old' }));
    await kube.apply(gateway('old'));
    await ready(stage, 1, 'the old gateway');
    expect(judged(stage).problems.length === 0, 'nothing is wrong yet');

    stage.lab.faults.set({ name: /^new/ }, { readyAfter: 4 });
    await kube.apply(gateway('new'));
    await switchTo(stage, { istio: 'ingressgateway', version: 'new' }, 'too early');
    await until('the new gateway', () => stage.lab.watcher.serving(service).new === 1, { timeout: 30 });
    const early = judged(stage);
    expect(
      early.gaps.length === 1 && early.gaps[0]?.to !== undefined,
      'the gap of a switch before readiness must be seen',
    );
    expect(early.switches.at(-1)?.readyBefore === 0, 'the order of switch and readiness must be seen');

    await switchTo(stage, { istio: 'ingressgateway', version: 'misspelt' }, 'to nothing');
    await ready(stage, 0, 'no endpoint');
    expect(
      judged(stage).gaps.length === 2 && judged(stage).gaps[1]?.to === undefined,
      'a selector that matches nothing must be seen',
    );

    await switchTo(stage, { istio: 'ingressgateway' }, 'to both');
    await ready(stage, 2, 'both gateways');
    await switchTo(stage, { istio: 'ingressgateway', version: 'old' }, 'back');
    await ready(stage, 1, 'the old gateway again');
    const good = judged(stage);
    expect(good.gaps.length === 2, 'good switches must not be blamed');
    expect(
      good.problems.length === 4 && good.minimum === 0,
      `two gaps and two early switches, not ${good.problems.map(({ sentence }) => sentence).join('; ')}`,
    );

    await switchTo(stage, { istio: 'ingresgateway', version: 'old' }, 'to a misspelt gateway');
    await expectGap(stage, 3, 'a misspelt shared label');
    expect(judged(stage).switches.at(-1)?.readyBefore === 0, 'no pod has the misspelt label');
    await switchTo(stage, { istio: 'ingressgateway', version: 'old' }, 'back');
    await ready(stage, 1, 'the old gateway again');

    await kube.request('PATCH', servicePath, [{ op: 'remove', path: '/spec/selector' }], 'application/json-patch+json');
    await expectGap(stage, 4, 'a Service without a selector');
    await switchTo(stage, { istio: 'ingressgateway', version: 'old' }, 'back');
    await ready(stage, 1, 'the old gateway again');

    await kube.remove(servicePath);
    await expectGap(stage, 5, 'a Service that is deleted');
    await kube.apply(entryService({ istio: 'ingressgateway', version: 'old' }));
    await ready(stage, 1, 'the Service again');

    const calm = stage.lab.faults.set({ name: /^old/, image: 'played:1' }, { flapEvery: 2 });
    await expectGap(stage, 6, 'a gateway that flaps');
    calm();
    await ready(stage, 1, 'the flapping gateway again');

    stage.lab.faults.set({ name: /^old/, image: 'played:1' }, { crashAfter: 1 });
    await expectGap(stage, 7, 'a gateway that crashes');
  },
};

async function expectGap(stage: Stage, count: number, what: string): Promise<void> {
  await until(`${what} to be seen`, () => judged(stage).gaps.length === count, { timeout: 20, every: 50 });
}

function judged({ lab }: Stage): Assessment {
  const timeline = lab.watcher.timelines().find(({ service: name }) => name === service);
  expect(timeline !== undefined, `${service} must be watched`);
  return assess(timeline);
}

async function ready({ lab }: Stage, count: number, what: string): Promise<void> {
  const total = (): number => Object.values(lab.watcher.serving(service)).reduce((sum, each) => sum + each, 0);
  await until(what, () => total() === count, { timeout: 30 });
}

async function switchTo({ lab, mark }: Stage, selector: Record<string, string>, how: string): Promise<void> {
  mark('fault', `switched ${how}: ${JSON.stringify(selector)}`);
  await lab.cluster.kube.request(
    'PATCH',
    servicePath,
    [{ op: 'add', path: '/spec/selector', value: selector }],
    'application/json-patch+json',
  );
}

function entryService(selector: Record<string, string>): KubeObject {
  const metadata = { name: 'istio-ingressgateway', namespace };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: { type: 'LoadBalancer', selector, ports: [{ name: 'http2', port: 80, targetPort: 8080 }] },
  };
}

function gateway(version: string): KubeObject {
  const labels = { istio: 'ingressgateway', version };
  const spec = { containers: [{ name: 'played', image: 'played:1' }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: version, namespace },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}
