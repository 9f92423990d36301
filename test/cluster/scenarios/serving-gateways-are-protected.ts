import { loadAll } from 'js-yaml';
import { aMesh } from '../../support/a-mesh.js';
import { filesOf } from '../../support/a-repository.js';
import { until } from '../clock.js';
import { expect } from '../errors.js';
import { type Kube, KubeError } from '../kube/client.js';
import type { KubeObject } from '../kube/objects.js';
import type { Scenario } from '../scenario.js';

const namespace = 'istio-gateways';
const gateway = 'istio-ingressgateway';
const image = 'registry.example.com/app:1';

/** The policy is asked directly: no engine is needed to see what the API server refuses. */
export const scenario: Scenario = {
  title: 'With admission policies, a gateway that serves alone cannot be deleted, and any other can',
  core: true,
  engines: ['none'],
  async run(stage) {
    const { kube } = stage.lab.cluster;
    const refused = (deployment: string, within = namespace) => refuses(kube, within, deployment);
    for (const name of [namespace, 'elsewhere']) {
      await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
    for (const object of policies()) await kube.apply(object);
    await kube.apply(entry({ istio: 'ingressgateway', version: '1_9_5' }));
    await kube.apply(deployment('old', '1_9_5', 1));
    await kube.apply(deployment('new', '1_10_3', 1));
    await kube.apply(deployment('dead', '1_9_5', 0));
    await kube.apply({ ...deployment('old', '1_9_5', 1), metadata: { name: 'old', namespace: 'elsewhere' } });
    for (const [name, where] of [
      ['old', namespace],
      ['new', namespace],
      ['old', 'elsewhere'],
    ] as const) {
      await until(
        `${where}/${name} to be ready`,
        async () => (await get(kube, where, name)).status?.readyReplicas === 1,
        {
          timeout: 60,
        },
      );
    }

    await until('the policy to be in force', () => refused('old'), { timeout: 60 });
    expect(!(await refused('new')), 'a dark gateway may go');
    expect(!(await refused('dead')), 'a gateway without a ready pod may go, also while it is selected');
    expect(!(await refused('old', 'elsewhere')), 'what is in no namespace of gateways may go');
    const all = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await kube.request('DELETE', all).catch(() => undefined);
    expect(
      (await kube.find(`${all}/old`)) !== undefined,
      'deleted with all others, the gateway that serves is still there',
    );

    await kube.apply(deployment('new', '1_10_3', 1));
    await until(
      'the new gateway to be ready',
      async () => (await get(kube, namespace, 'new')).status?.readyReplicas === 1,
      {
        timeout: 60,
      },
    );
    await kube.request('PUT', entryPath, { ...(await kube.get(entryPath)), ...spec({ istio: 'ingressgateway' }) });
    await until('both to serve', async () => !(await refused('old')) && !(await refused('new')), { timeout: 30 });
    await kube.request('PUT', entryPath, {
      ...(await kube.get(entryPath)),
      ...spec({ istio: 'ingressgateway', version: '1_10_3' }),
    });
    await until('the new one to be protected', () => refused('new'), { timeout: 30 });
    expect(!(await refused('old')), 'a gateway that drains may go');
    await kube.remove(entryPath);
    await until('nothing to be protected without the entry Service', async () => !(await refused('new')), {
      timeout: 30,
    });
    stage.mark('note', 'asked with each of the three selectors, and without the Service');
  },
};

const entryPath = `/api/v1/namespaces/${namespace}/services/${gateway}`;

/** What the generator writes. */
function policies(): KubeObject[] {
  const files = filesOf({ ...aMesh({ version: '1.30.3', install: 'helm' }), admissionPolicies: true });
  return [...files]
    .filter(([path]) => /^bases\/admission\/.*prote/.test(path))
    .flatMap(([, content]) => loadAll(content) as KubeObject[]);
}

function spec(selector: Readonly<Record<string, string>>) {
  return { spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] } };
}

function entry(selector: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: gateway, namespace }, ...spec(selector) };
}

function deployment(name: string, version: string, replicas: number): KubeObject {
  const labels = { istio: 'ingressgateway', version, app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
    },
  };
}

function get(kube: Kube, within: string, name: string): Promise<KubeObject> {
  return kube.get(`/apis/apps/v1/namespaces/${within}/deployments/${name}`);
}

/** Asks for a deletion that is not carried out. */
async function refuses(kube: Kube, within: string, name: string): Promise<boolean> {
  try {
    await kube.request('DELETE', `/apis/apps/v1/namespaces/${within}/deployments/${name}?dryRun=All`);
    return false;
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    expect(error.message.includes(`the entry Service ${gateway} selects`), `refused for its reason: ${error.message}`);
    return true;
  }
}
