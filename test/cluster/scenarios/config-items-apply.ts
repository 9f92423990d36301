import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import { configItems } from '../../../src/catalog/config.js';
import { aMesh } from '../../support/a-mesh.js';
import { filesOf, writeAll } from '../../support/a-repository.js';
import { fitting, install } from '../../support/fitting-config.js';
import { until } from '../clock.js';
import { expect, messageOf } from '../errors.js';
import type { KubeObject } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';
import type { Stage } from '../stage.js';

const run = promisify(execFile);

/** The newest minor, whose istiod looks at everything, and the older ones at which what is written changes. */
const newest = '1.31.1';
const versions = [newest, '1.21.6', '1.18.7', '1.10.6'] as const;

/** What istiod says of every EnvoyFilter that there is. */
const saidOfAll =
  'Warning: EnvoyFilter exposes internal implementation details that may change at any time. Prefer other APIs if possible, and exercise extreme caution, especially around upgrades.';

/** What must not go in without a word: it shows that the look at the others is one. */
const wrong: readonly (readonly [what: string, said: RegExp, kind: string, spec: object])[] = [
  [
    'a field that is not there',
    /field not declared|unknown field/,
    'monitoring.coreos.com/v1 ServiceMonitor',
    { endpoints: [], selector: {}, notThere: true },
  ],
  [
    'a port of no protocol',
    /admission webhook .* denied/,
    'networking.istio.io/v1 Gateway',
    { servers: [{ hosts: ['*'], port: { number: 80, name: 'http', protocol: 'NONE-SUCH' } }] },
  ],
  [
    'a filter that Istio warns of',
    /deprecated filter name/,
    'networking.istio.io/v1alpha3 EnvoyFilter',
    {
      configPatches: [
        {
          applyTo: 'HTTP_FILTER',
          match: { listener: { filterChain: { filter: { name: 'envoy.http_connection_manager' } } } },
          patch: { operation: 'INSERT_BEFORE', value: { name: 'envoy.filters.http.gzip' } },
        },
      ],
    },
  ],
];

/** What the catalogue writes is asked of the API server itself, and of a real istiod behind it: no engine is needed. */
export const scenario: Scenario = {
  title: 'Every item of configuration applies on a real API server and passes a real istiod, without a warning',
  core: false,
  engines: ['none'],
  async run(stage) {
    const { kube } = stage.lab.cluster;
    await definitions(stage);
    for (const name of ['istio-system', 'istio-config', 'istio-gateways', 'team-a'])
      await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await startIstiod(stage);
    for (const [what, said, type, spec] of wrong) {
      const [apiVersion, kind] = type.split(' ');
      const object = { apiVersion, kind, metadata: { name: 'wrong', namespace: 'team-a' }, spec };
      const look = async (): Promise<boolean> => {
        const problem = await problemOf(stage, [object], true);
        if (problem === undefined || said.test(problem)) return problem !== undefined;
        throw new Error(problem);
      };
      await until(`${what} to be noticed`, look, { timeout: 30 });
    }

    const applied = new Set<string>();
    for (const version of versions) {
      for (const items of fitting(version)) {
        const { mesh, gateways, examples } = await built(stage, version, items);
        for (const [what, objects, dryRun] of [
          ['6-mesh', mesh, false],
          ['4-gateways', gateways, true],
          ['docs/examples', examples, false],
        ] as const) {
          const problem = await problemOf(stage, objects, dryRun);
          expect(problem === undefined, `${version} with ${items.join(', ')}: ${what}: ${problem}`);
        }
        for (const name of items) applied.add(name);
        stage.mark('note', `${version}: ${items.length} items, ${mesh.length + examples.length} objects`);
      }
    }
    const left = Object.keys(configItems).filter((name) => !applied.has(name));
    expect(left.length === 0, `every item was applied; left: ${left.join(', ')}`);
  },
};

/** The CustomResourceDefinitions of Istio, the Gateway API and the Prometheus operator. */
async function definitions({ lab }: Stage): Promise<void> {
  const gatewayApi = (kind: string) =>
    join(lab.tools.gatewayApi, 'config', 'crd', 'standard', `gateway.networking.k8s.io_${kind}.yaml`);
  const monitoring = (kind: string) =>
    join(lab.tools.prometheusOperator, 'example', 'prometheus-operator-crd', `monitoring.coreos.com_${kind}.yaml`);
  const files = [
    join(lab.charts.directory, 'base', 'files', 'crd-all.gen.yaml'),
    ...['gatewayclasses', 'gateways', 'httproutes'].map(gatewayApi),
    ...['servicemonitors', 'podmonitors', 'prometheusrules'].map(monitoring),
  ];
  await kubectl(lab, ['apply', '--server-side', ...files.flatMap((file) => ['--filename', file])]);
  await kubectl(lab, ['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all']);
}

/** An istiod that runs with the settings of all items, and validates every Istio resource, whosever it is. */
async function startIstiod(stage: Stage): Promise<void> {
  const { lab } = stage;
  const { releases, switched } = await built(stage, newest, fitting(newest)[0] ?? []);
  const values = releases.find(({ metadata }) => metadata.name.startsWith('istiod-'))?.spec.source.helm.valuesObject;
  const file = join(lab.cluster.directory, 'values.yaml');
  writeFileSync(file, stringify(values));
  const chart = join(lab.charts.directory, 'istio-control', 'istio-discovery');
  const { stdout } = await run(lab.charts.helm, ['template', 'istiod', chart, '-n', 'istio-system', '-f', file], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const validator = switched.find(({ kind }) => kind === 'ValidatingWebhookConfiguration');
  expect(values !== undefined && validator !== undefined, 'the repository has an istiod and a validator');
  for (const webhook of validator.webhooks) delete webhook.objectSelector;
  for (const object of [...documents(stdout), validator]) await lab.cluster.kube.apply(object);
  await until(
    'istiod to be ready',
    async () => {
      const all = await lab.cluster.kube.list<KubeObject>('/apis/apps/v1/namespaces/istio-system/deployments');
      return all.some(({ status }) => (status?.readyReplicas ?? 0) > 0);
    },
    { timeout: 60 },
  );
}

/** What kustomize makes of a mesh with these items, by where it goes, and the examples. */
async function built({ lab }: Stage, version: string, config: readonly string[]) {
  const gateways = ['ingress', 'egress', 'eastwest'] as const;
  const files = filesOf(aMesh({ version, install: install(version), gateways: [...gateways], config }));
  const folder = join(lab.cluster.directory, 'emitted', `${version}-${config.length}`);
  writeAll(folder, files);
  const layer = async (name: string): Promise<KubeObject[]> => {
    const { stdout } = await run(lab.cluster.tool('kustomize'), ['build', join(folder, 'clusters/production', name)]);
    return documents(stdout);
  };
  return {
    mesh: await layer('6-mesh'),
    // What items patch; no API server of today serves all that old versions have beside it.
    gateways: (await layer('4-gateways')).filter(({ kind }) => kind === 'Deployment'),
    releases: await layer('3-control-planes'),
    switched: await layer('5-switch'),
    examples: [...files].filter(([path]) => path.startsWith('docs/examples/')).flatMap(([, text]) => documents(text)),
  };
}

function documents(text: string): KubeObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

/** Applies objects as strictly as there is: why not all of them went in without a word, or undefined. */
async function problemOf({ lab }: Stage, objects: readonly object[], dryRun: boolean): Promise<string | undefined> {
  if (objects.length === 0) return undefined;
  const file = join(lab.cluster.directory, 'applied.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  const how = ['--server-side', '--force-conflicts', '--validate=strict', ...(dryRun ? ['--dry-run=server'] : [])];
  try {
    const said = await kubectl(lab, ['apply', ...how, '--filename', file]);
    return said.split('\n').find((line) => line !== '' && line !== saidOfAll);
  } catch (error) {
    return messageOf(error);
  }
}

/** What it says beside its answer: warnings. */
async function kubectl({ cluster }: Stage['lab'], args: readonly string[]): Promise<string> {
  const all = ['--kubeconfig', cluster.kubeconfig, ...args];
  const { stderr } = await run(cluster.tool('kubectl'), all, { maxBuffer: 16 * 1024 * 1024 });
  return stderr;
}
