import { describe, expect, it } from 'vitest';
import { istioMinors } from '../../src/catalog/versions.js';
import { abandonRevision } from '../../src/changes/abandon-revision.js';
import { addRevision } from '../../src/changes/add-revision.js';
import type { AdoptRequest } from '../../src/changes/adopt.js';
import { addCluster } from '../../src/changes/change-cluster.js';
import { changeGateway } from '../../src/changes/change-gateway.js';
import { rollBack } from '../../src/changes/roll-back.js';
import type { KubeObject } from '../../src/model/kube-object.js';
import type { Mesh } from '../../src/model/mesh.js';
import { adoptingGuide } from '../../src/plan/adopting.js';
import { entrySelector } from '../../src/plan/gateways.js';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { progressOf } from '../../src/policy/progress.js';
import { minorsBetween } from '../../src/policy/versions.js';
import { filesOf } from '../support/a-repository.js';
import { adoptedMesh, foundIn, type Kind, objectsOf, outcome } from '../support/adopted-mesh.js';
import { type Emitted, emit, ofKind } from '../support/emitted.js';
import { the } from '../support/kubectl.js';

function rulesOf(objects: readonly KubeObject[], more: Partial<AdoptRequest> = {}): string[] {
  const result = outcome(objects, more);
  return 'problems' in result ? result.problems.map(({ rule }) => rule) : [];
}

/** The objects, one of them with other content. */
function changed(kind: Kind, which: string, change: (object: KubeObject) => object): KubeObject[] {
  const objects = objectsOf(kind);
  expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toContain(which);
  return objects.map((object) =>
    `${object.kind} ${object.metadata.name}` === which ? (change(structuredClone(object)) as KubeObject) : object,
  );
}

/** The newest patch of the minor after that of this version. */
const newer = (version: string) =>
  istioMinors.find(({ latest }) => minorsBetween(version, latest) === 1)?.latest ?? version;

const kinds: readonly Kind[] = ['helm-unrevisioned', 'istioctl', 'operator', 'helm-revisioned'];

describe('what is there is recognised', () => {
  it('an unrevisioned installation by the charts', () => {
    const { installations, gateways, namespaces } = foundIn(objectsOf('helm-unrevisioned'));
    expect(installations).toMatchObject([
      {
        install: 'helm',
        version: '1.18.2',
        revision: 'default',
        releases: [
          { name: 'istio-ingress', namespace: 'istio-ingress' },
          { name: 'istio-base', namespace: 'istio-system' },
          { name: 'istiod', namespace: 'istio-system' },
        ],
        settings: { rootNamespace: 'istio-system', others: ['defaultConfig.tracing'] },
      },
    ]);
    expect(gateways).toMatchObject([{ name: 'istio-ingress', replicas: 3, gateway: { kind: 'ingress' } }]);
    expect(namespaces).toStrictEqual([{ name: 'shop', label: 'istio-injection=enabled' }]);
  });

  it('one by istioctl, with its mirror, its trust domain and its mTLS', () => {
    expect(foundIn(objectsOf('istioctl')).installations).toMatchObject([
      {
        install: 'istioctl',
        version: '1.16.1',
        mtls: 'STRICT',
        settings: {
          trustDomain: 'payments.example',
          outbound: 'REGISTRY_ONLY',
          hub: 'registry.example.com/mirror/istio',
        },
      },
    ]);
  });

  it('one by an operator that takes every IstioOperator', () => {
    expect(foundIn(objectsOf('operator')).installations).toMatchObject([
      { install: 'operator', takesAllOperators: true, settings: { network: 'vpc-1', clusterName: 'europe-1' } },
    ]);
  });

  it('one by the charts with a revision and a tag, and a gateway that cannot be taken over', () => {
    const { installations, gateways, leftAlone } = foundIn(objectsOf('helm-revisioned'));
    expect(installations).toMatchObject([{ install: 'helm', revision: '1-22-8', tags: ['prod'] }]);
    expect(gateways.map(({ name }) => name)).toStrictEqual(['istio-edge']);
    expect(leftAlone).toMatchObject([{ what: 'Service edge/partners' }]);
  });

  it('what Helm did not install, though the charts were rendered by somebody else', () => {
    const objects = changed('helm-unrevisioned', 'Deployment istiod', (object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: {} },
    }));
    expect(foundIn(objects).installations).toMatchObject([{ install: 'unknown' }]);
  });

  it('the releases of what is taken over, and of nothing else', () => {
    const release = (name: string, namespace: string) => ({
      annotations: { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace },
    });
    const left = changed('helm-revisioned', 'Service partners', (object) => ({
      ...object,
      metadata: { ...object.metadata, ...release('partners', 'edge'), labels: { istio: 'for-partners' } },
    }));
    expect(foundIn(left).installations).toMatchObject([
      { releases: [{ name: 'istio-edge' }, { name: 'istiod-1-22-8' }] },
    ]);
    const sail = changed('helm-revisioned', 'Deployment istiod-1-22-8', (object) => ({
      ...object,
      metadata: { ...object.metadata, ownerReferences: [{ kind: 'IstioRevision' }] },
    }));
    expect(foundIn(sail).installations).toMatchObject([{ install: 'sail', releases: [{ name: 'istio-edge' }] }]);
    expect(rulesOf(sail, { install: 'sail' })).toContain('operator-takes-all');
    const result = outcome(sail);
    if ('problems' in result) throw new Error(JSON.stringify(result.problems));
    expect(adoptingGuide(result.mesh)).toMatchObject([
      {
        source: {
          data: {
            release: expect.stringMatching(
              /scale the Sail Operator to 0[\s\S]*delete secrets -l owner=helm,name=istio-edge/,
            ),
          },
        },
      },
    ]);
  });
});

describe.each(kinds)('the repository beside %s', (kind) => {
  const mesh = adoptedMesh(kind);
  const [cluster = ''] = Object.keys(mesh.clusters);
  const state = mesh.clusters[cluster];
  const live = objectsOf(kind);

  it('keeps every entry Service as it is, and what else carries a name of the old installation', async () => {
    const [emitted] = await emit(mesh);
    for (const [name, { adopted }] of Object.entries(mesh.gateways)) {
      const was = the(live, 'Service', name);
      const is = the(emitted?.objects ?? [], 'Service', name);
      expect(is.metadata.namespace).toBe(was.metadata.namespace);
      expect(is.spec.selector).toStrictEqual(was.spec.selector);
      expect(is.spec.type).toBe(was.spec.type);
      expect(is.spec.ports).toStrictEqual(was.spec.ports.map((port: object) => ({ protocol: 'TCP', ...port })));
      expect(is.spec).not.toHaveProperty('clusterIP');
      expect(adopted?.serviceAccount).toBe(the(live, 'Deployment', name).spec.template.spec.serviceAccountName);
    }
    expect(collisions(emitted, live)).toStrictEqual([]);
  });

  it('has gateways that nothing which is there selects', async () => {
    const [emitted] = await emit(mesh);
    if (emitted === undefined) throw new Error('Nothing is built');
    const pods = ofKind(emitted, 'Deployment').filter(({ metadata }) => metadata.labels.istio !== undefined);
    expect(pods).toHaveLength(Object.keys(mesh.gateways).length);
    const selectors = live
      .filter(({ metadata }) => pods.some((each) => each.metadata.namespace === metadata.namespace))
      .flatMap(({ kind: each, spec }: KubeObject & { spec?: never }) => selectorIn(each, spec));
    expect(selectors.length).toBeGreaterThan(0);
    for (const { spec } of pods)
      for (const selector of selectors) expect(spec.template.metadata.labels).not.toMatchObject(selector);
  });

  it('shuts nobody out: PERMISSIVE, ALLOW_ANY, and mTLS as it was', async () => {
    expect(mesh.adopting).toBe(true);
    const [emitted] = await emit(mesh);
    const kept = live.some(({ kind: each }) => each === 'PeerAuthentication');
    const policies = emitted === undefined ? [] : ofKind(emitted, 'PeerAuthentication');
    expect(policies.map(({ spec }) => spec.mtls.mode)).toStrictEqual(kept ? [] : ['PERMISSIVE']);
    const settings = [...(emitted?.files ?? [])].filter(([path]) => path.includes('/3-control-planes/'));
    expect(settings.map(([, text]) => text).join('\n')).toMatch(/mode: ALLOW_ANY/);
  });

  it('names no tag that is there, and leaves the default to the old installation', async () => {
    expect(state?.default).toBe('adopted');
    expect(Object.keys(state?.tags ?? {})).toStrictEqual([kind === 'helm-revisioned' ? 'istio-prod' : 'prod']);
    const [emitted] = await emit(mesh);
    const names = (emitted?.objects ?? []).map(({ kind: each, metadata }) => `${each} ${metadata.name}`);
    for (const name of ['Service istiod', 'MutatingWebhookConfiguration istio-revision-tag-default'])
      expect(names).not.toContain(name);
  });

  it('goes by blend and cut to default, one line of selector each, and back again', () => {
    const [version = ''] = Object.values(mesh.revisions).map((each) => each.version);
    const upgraded = addRevision(mesh, { version, through: 'cut', forced: new Set() });
    if ('problems' in upgraded) throw new Error(JSON.stringify(upgraded.problems));
    expect(upgraded.steps.map(({ name }) => name)).toStrictEqual(['blend', 'cut']);
    const label = version.replaceAll('.', '_');
    for (const gateway of Object.keys(mesh.gateways)) {
      const istio = gateway.replace(/^istio-/, '');
      const selectors = [mesh, ...upgraded.steps.map((step) => step.mesh)].map((each) =>
        entrySelector(each, gateway, each.clusters[cluster]?.serves[gateway] ?? []),
      );
      expect(selectors).toStrictEqual([{ app: gateway, istio }, { istio }, { istio, version: label }]);
    }
    const last = upgraded.steps.at(-1)?.mesh ?? mesh;
    expect(progressOf(last, cluster)).toMatchObject({ from: 'adopted', reached: 'cut', left: ['default'] });
    const back = rollBack(last, { all: true });
    if ('problems' in back) throw new Error(JSON.stringify(back.problems));
    expect(back.steps.map(({ name }) => name)).toStrictEqual(['rollback-cut', 'rollback-blend']);
    expect(back.steps.at(-1)?.mesh.clusters).toStrictEqual(mesh.clusters);
    const done = addRevision(last, { version, through: 'default', forced: new Set() });
    const moved = 'steps' in done ? (done.steps.at(-1)?.mesh ?? mesh) : mesh;
    expect(checkMesh(moved)).toStrictEqual([]);
    // Until the old pods are gone, the shared label would bring them back.
    const next = { version: newer(version), through: 'cut', forced: new Set<string>() } as const;
    expect(addRevision(moved, next)).toMatchObject({ problems: [{ rule: 'third-revision', fix: /step 6/ }] });
    expect(addRevision({ ...moved, adopted: undefined }, next)).toHaveProperty('steps');
  });
});

it('what an entry Service has beyond the usual is kept', async () => {
  const special = {
    allocateLoadBalancerNodePorts: false,
    internalTrafficPolicy: 'Local',
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } },
    ipFamilyPolicy: 'PreferDualStack',
    ipFamilies: ['IPv4', 'IPv6'],
    ports: [{ port: 443, targetPort: 8443, appProtocol: 'https', protocol: 'TCP' }],
  };
  const annotations = {
    'oci.oraclecloud.com/load-balancer-type': 'nlb',
    'cloud.google.com/l4-rbs': 'enabled',
    'cloud.google.com/neg-status': '{}',
  };
  const live = changed('istioctl', 'Service istio-ingressgateway', (object) => ({
    ...object,
    metadata: { ...object.metadata, annotations },
    spec: { ...(object['spec'] as object), ...special },
  }));
  const result = outcome(live);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  const [emitted] = await emit(result.mesh);
  const service = the(emitted?.objects ?? [], 'Service', 'istio-ingressgateway');
  expect(service.spec).toMatchObject({ ...special, ports: [{ name: '', ...special.ports[0] }] });
  expect(service.metadata.annotations).toMatchObject({ 'oci.oraclecloud.com/load-balancer-type': 'nlb' });
  expect(service.metadata.annotations).not.toHaveProperty(['cloud.google.com/neg-status']);
});

it('the new gateways may be as many as the old ones are, and more', () => {
  const many = changed('istioctl', 'Deployment istio-ingressgateway', (object) => ({
    ...object,
    spec: { ...(object['spec'] as object), replicas: 12 },
  }));
  expect(outcome(many)).toMatchObject({
    mesh: {
      gateways: { 'istio-ingressgateway': { maxReplicas: 24 } },
      clusters: { production: { minReplicas: { 'istio-ingressgateway': { '1-16-7': 12 } } } },
    },
  });
});

it('the way on names every label and injector that the old installation has', () => {
  const tag = (name: string): KubeObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: `istio-revision-tag-${name}`, labels: { 'istio.io/rev': '1-22-8', 'istio.io/tag': name } },
  });
  const elsewhere = [...objectsOf('helm-revisioned'), tag('default')].map((object) =>
    object.metadata.namespace === 'istio-system' || object.metadata.name === 'istio-system'
      ? { ...object, metadata: { ...object.metadata, namespace: 'mesh' } }
      : object,
  );
  const result = outcome(elsewhere, { forced: new Set(['control-plane-namespace']) });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  expect(adoptingGuide(result.mesh)).toMatchObject([
    {
      source: {
        data: {
          oldLabels:
            '`istio-injection=enabled` or `istio.io/rev=1-22-8` or `istio.io/rev=prod` or `istio.io/rev=default`',
          injectors: 'istio-sidecar-injector-1-22-8-mesh istio-revision-tag-prod-mesh istio-revision-tag-default-mesh',
        },
      },
    },
  ]);
});

describe('what cannot be adopted safely is refused', () => {
  const service = (change: (spec: Record<string, unknown>) => void) =>
    changed('istioctl', 'Service istio-ingressgateway', (object) => {
      change(object['spec'] as Record<string, unknown>);
      return object;
    });

  it('a selector that would take the new gateways at once', () =>
    expect(rulesOf(service((spec) => Object.assign(spec, { selector: { istio: 'ingressgateway' } })))).toContain(
      'selector-takes-all',
    ));

  it('a Gateway that selects what only the old pods have, unless it is forced', () => {
    const gateway: KubeObject = {
      apiVersion: 'networking.istio.io/v1beta1',
      kind: 'Gateway',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { selector: { app: 'istio-ingressgateway' } },
    };
    expect(rulesOf([...objectsOf('istioctl'), gateway])).toStrictEqual(['selects-old-pods']);
    expect(rulesOf([...objectsOf('istioctl'), gateway], { forced: new Set(['selects-old-pods']) })).toStrictEqual([]);
  });

  it('a NetworkPolicy that lets only the old pods in, there or where they send to', () => {
    const selector = { matchLabels: { app: 'istio-ingressgateway' } };
    const policy = (namespace: string, spec: object): KubeObject => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'gateway', namespace },
      spec,
    });
    for (const each of [
      policy('istio-system', { podSelector: selector, ingress: [{}] }),
      policy('shop', { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {}, podSelector: selector }] }] }),
    ])
      expect(rulesOf([...objectsOf('istioctl'), each])).toStrictEqual(['selects-old-pods']);
    expect(rulesOf([...objectsOf('istioctl'), policy('shop', { podSelector: selector })])).toStrictEqual([]);
  });

  it('another Service that selects only the old pods, which the end of these would leave empty', () => {
    const other = changed('istioctl', 'Service istio-ingressgateway', (object) => ({
      ...object,
      metadata: { ...object.metadata, name: 'private' },
    })).filter(({ metadata }) => metadata.name === 'private');
    expect(rulesOf([...objectsOf('istioctl'), ...other])).toStrictEqual(['selects-old-pods']);
    const shared = other.map((object) => ({ ...object, spec: { selector: { istio: 'ingressgateway' } } }));
    expect(rulesOf([...objectsOf('istioctl'), ...shared])).toStrictEqual([]);
  });

  it('a gateway that is no Deployment, and a Service that does not wait for ready pods', () => {
    const daemon = objectsOf('istioctl').map((object) =>
      object.kind === 'Deployment' && object.metadata.name !== 'istiod' ? { ...object, kind: 'DaemonSet' } : object,
    );
    expect(outcome(daemon)).toMatchObject({
      problems: [
        { rule: 'no-gateway', message: expect.stringContaining('istio-ingressgateway, since it is a DaemonSet') },
      ],
    });
    expect(foundIn(daemon).leftAlone.map(({ what }) => what)).toContain('DaemonSet istio-system/istio-ingressgateway');
    expect(rulesOf(service((spec) => Object.assign(spec, { publishNotReadyAddresses: true })))).toContain('no-gateway');
  });

  it('an Application of Argo CD of a name that ours would have', () => {
    const objects = changed('helm-unrevisioned', 'Deployment istiod', (object) => ({
      ...object,
      metadata: {
        ...object.metadata,
        annotations: { 'argocd.argoproj.io/tracking-id': 'istio-base:apps/Deployment:istio-system/istiod' },
      },
    }));
    expect(rulesOf(objects, { install: 'helm' })).toStrictEqual(['application-exists']);
    expect(rulesOf(objects, { install: 'helm', render: true })).toStrictEqual([]);
  });

  it('pods of others with the shared label', () => {
    const other = changed('istioctl', 'Deployment istio-ingressgateway', (object) => {
      const labels = { app: 'internal', istio: 'ingressgateway' };
      return {
        ...object,
        metadata: { ...object.metadata, name: 'internal' },
        spec: { ...(object['spec'] as object), template: { metadata: { labels }, spec: { containers: [] } } },
      };
    }).filter(({ metadata }) => metadata.name === 'internal');
    expect(rulesOf([...objectsOf('istioctl'), ...other])).toStrictEqual(['label-shared']);
  });

  it('a namespace of gateways that the old injector injects', () => {
    const objects = changed('helm-unrevisioned', 'Namespace istio-ingress', (object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { 'istio-injection': 'enabled' } },
    }));
    expect(rulesOf(objects)).toStrictEqual(['namespace-injects']);
  });

  it('a revision of a name that is there', () =>
    expect(rulesOf(objectsOf('helm-revisioned'), { version: '1.22.8' })).toStrictEqual(['revision-exists']));

  it('an older version, and one that is too far', () => {
    expect(rulesOf(objectsOf('istioctl'), { version: '1.15.7' })).toStrictEqual(['downgrade']);
    expect(rulesOf(objectsOf('istioctl'), { version: '1.18.7' })).toStrictEqual(['skip-minor']);
    expect(outcome(objectsOf('istioctl'), { version: '1.18.7' })).toMatchObject({
      problems: [
        {
          message: 'The old installation runs 1.16.1; 1.18.7 is more than one minor ahead.',
          fix: /^Leave --istio-version away, or name /,
        },
      ],
    });
  });

  it('our operator beside one that takes all', () =>
    expect(rulesOf(objectsOf('operator'), { install: 'operator' })).toStrictEqual(['operator-takes-all']));

  it('a Helm release of Flux in the place of one that may be there', () => {
    expect(rulesOf(objectsOf('helm-unrevisioned'), { engine: 'flux' })).toStrictEqual(['release-exists']);
    expect(rulesOf(objectsOf('helm-unrevisioned'), { engine: 'flux', render: true })).toStrictEqual([]);
  });

  it('ambient mode, and a control plane elsewhere', () => {
    const ztunnel: KubeObject = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'ztunnel', namespace: 'istio-system' },
    };
    expect(rulesOf([...objectsOf('istioctl'), ztunnel])).toStrictEqual(['ambient']);
    const elsewhere = objectsOf('istioctl').map((object) =>
      ['istiod', 'istio'].includes(object.metadata.name)
        ? { ...object, metadata: { ...object.metadata, namespace: 'mesh' } }
        : object,
    );
    expect(rulesOf(elsewhere)).toStrictEqual(['control-plane-namespace']);
  });
});

describe('what is not known is asked for, never guessed', () => {
  it('a version that no image says', () => {
    const objects = changed('istioctl', 'Deployment istiod', (object) =>
      JSON.parse(JSON.stringify(object).replace('pilot:1.16.1-distroless', 'pilot@sha256:0123')),
    );
    expect(rulesOf(objects)).toStrictEqual(['unknown-version']);
    expect(rulesOf(objects, { foundVersion: '1.16.1' })).toStrictEqual([]);
  });

  it('settings that were not read', () =>
    expect(rulesOf(objectsOf('istioctl').filter(({ kind }) => kind !== 'ConfigMap'))).toStrictEqual([
      'unknown-settings',
    ]));

  it.each(['mesh: [', '- mesh', ''])('settings that are no YAML of a mesh: %j', (mesh) => {
    const objects = changed('istioctl', 'ConfigMap istio', (object) => ({ ...object, data: { mesh } }));
    expect(rulesOf(objects)).toStrictEqual(['unknown-settings']);
  });

  it('which of two control planes serves', () => {
    const two = [...objectsOf('istioctl'), ...objectsOf('helm-revisioned').filter(({ kind }) => kind !== 'Namespace')];
    expect(rulesOf(two)).toStrictEqual(['which-control-plane']);
    expect(rulesOf(two, { foundRevision: 'default' })).toStrictEqual([]);
  });

  it('a port that is a name which no container declares', () => {
    const objects = changed('istioctl', 'Service istio-ingressgateway', (object) =>
      JSON.parse(JSON.stringify(object).replace('"targetPort":8443', '"targetPort":"https"')),
    );
    expect(rulesOf(objects)).toStrictEqual(['unknown-port']);
  });

  it('what webhooks without a control plane mean', () => {
    const objects = objectsOf('istioctl').filter(({ kind }) => kind === 'Namespace' || kind.endsWith('Configuration'));
    expect(rulesOf(objects)).toStrictEqual(['no-istio']);
  });
});

it('a cluster without Istio gets a repository like any other, into which workloads can come', () => {
  const result = outcome([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }], { version: '1.30.3' });
  expect(result).toMatchObject({
    mesh: {
      adopting: true,
      clusters: { production: { default: '1-30-3', serves: { 'istio-ingressgateway': ['1-30-3'] } } },
    },
  });
});

it.each([
  ['istio-system', 'istio-sidecar-injector-1-22-8 '],
  ['mesh', 'istio-sidecar-injector-1-22-8-mesh '],
])('an old control plane in %s leaves with its injector', (namespace, injector) => {
  const mesh = adoptedMesh('helm-revisioned');
  if (mesh.adopted === undefined) throw new Error('nothing was adopted');
  const guide = filesOf({ ...mesh, adopted: { ...mesh.adopted, namespace } }).get('docs/adopting.md');
  expect(guide).toContain(`kubectl delete mutatingwebhookconfiguration ${injector}`);
});

describe('while an adoption is under way', () => {
  const mesh = adoptedMesh('istioctl');
  const [revision = ''] = Object.keys(mesh.revisions);
  const ask = { ports: [], annotations: {}, forced: new Set<string>() };

  it('a change of a gateway leaves alone what was not asked for', () => {
    const gateway = { ...mesh.gateways['istio-ingressgateway'], externalTrafficPolicy: 'Local', maxReplicas: 9 };
    const before = { ...mesh, gateways: { 'istio-ingressgateway': gateway } } as Mesh;
    const ports = [{ name: 'metrics', port: 9090, targetPort: 9090 }];
    const outcome = changeGateway(before, { ...ask, name: 'istio-ingressgateway', ports });
    expect(outcome).toMatchObject({
      steps: [{ mesh: { gateways: { 'istio-ingressgateway': { ...gateway, ports } } } }],
    });
  });

  it('a new gateway is served by the revision that has one', () =>
    expect(changeGateway(mesh, { ...ask, name: 'public', kind: 'ingress' })).toMatchObject({
      steps: [{ mesh: { clusters: { production: { serves: { public: [revision] } } } } }],
    }));

  it('a cluster that would have entry Services without pods is refused', () =>
    expect(addCluster(mesh, { name: 'europe', forced: new Set() })).toMatchObject({
      problems: [{ rule: 'still-adopting' }],
    }));

  it('the only revision cannot be given up, and how to go back by hand is said', () => {
    expect(abandonRevision(mesh)).toStrictEqual({ steps: [] });
    const { version = '' } = mesh.revisions[revision] ?? {};
    const cut = addRevision(mesh, { version, through: 'cut', forced: new Set() });
    if ('problems' in cut) throw new Error(JSON.stringify(cut.problems));
    expect(abandonRevision(cut.steps.at(-1)?.mesh ?? mesh)).toMatchObject({
      problems: [{ rule: 'only-revision', fix: expect.stringContaining('"value":{"app":"istio-ingressgateway"') }],
    });
  });
});

/** Objects of the old installation that the repository writes too, beside those that it says it owns. */
function collisions(emitted: Emitted | undefined, live: readonly KubeObject[]): string[] {
  const name = ({ kind, metadata }: KubeObject) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  const theirs = new Set(live.map(name));
  return (emitted?.objects ?? [])
    .filter(({ kind }) => !['Namespace', 'Service', 'ServiceAccount'].includes(kind))
    .map(name)
    .filter((each) => theirs.has(each));
}

function selectorIn(kind: string, spec: unknown): object[] {
  const found =
    kind === 'Service'
      ? (spec as { selector?: object }).selector
      : (spec as { selector?: { matchLabels?: object } } | undefined)?.selector?.matchLabels;
  return found === undefined || kind === 'Gateway' ? [] : [found];
}
