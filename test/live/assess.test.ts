import { describe, expect, it } from 'vitest';
import { findings, toMove } from '../../src/cluster/findings.js';
import { liveMesh } from '../../src/cluster/live-mesh.js';
import { type Asked, readiness } from '../../src/cluster/readiness.js';
import type { KindName, Snapshot } from '../../src/cluster/snapshot.js';
import { usageProblems } from '../../src/cluster/usage.js';
import { clusterStatus } from '../../src/commands/status-report.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { edited, of } from '../support/broken-meshes.js';
import { blended, changed, type Loose, recorded, without } from './recorded.js';

const blend = recorded('blend');
const more = recorded('more-old-gateways');
const live = (snapshot: Snapshot) => liveMesh(blended, 'production', snapshot);
const found = (snapshot: Snapshot) => findings(blended, 'production', live(snapshot)).map(({ rule }) => rule);
const named = (name: string) => (object: Loose) => object.metadata.name === name;
const edit = (kind: KindName, name: string, change: (object: Loose) => void, snapshot = blend) =>
  changed(snapshot, kind, (items) => {
    const object = items.find(named(name));
    if (object === undefined) throw new Error(`There is no ${kind} ${name}`);
    change(object);
    return items;
  });

/** The same, with what the istiods of each revision said. */
const serving = (snapshot: Snapshot, said: Readonly<Record<string, readonly unknown[]>>) =>
  changed(snapshot, 'istiods', (items) => {
    const left = structuredClone(said) as Record<string, unknown[]>;
    return items.map((each) => ({ ...each, proxies: left[each.metadata.labels['istio.io/rev']]?.shift() }));
  });

describe('a cluster as it was recorded', () => {
  it('is what the repository says: no finding, nothing unknown', () => {
    expect(found(blend)).toStrictEqual([]);
    expect(live(blend).unknown).toStrictEqual([]);
  });

  it('knows control planes, gateways, endpoints and the address', () => {
    const { clusterId, controlPlanes, gateways } = live(blend);
    expect(clusterId).toBe('production');
    expect(controlPlanes?.map(({ revision, ready, replicas }) => [revision, ready, replicas])).toStrictEqual([
      ['1-20-8', 2, 2],
      ['1-21-6', 2, 2],
    ]);
    expect(gateways).toMatchObject([
      {
        gateway: 'istio-ingressgateway',
        endpoints: 4,
        service: { selects: ['1-20-8', '1-21-6'], takesAddress: true, addresses: [/^192\.0\.2\./] },
        revisions: [
          { revision: '1-20-8', ready: 2, endpoints: 2, most: 5 },
          { revision: '1-21-6', ready: 2, endpoints: 2, most: 5 },
        ],
      },
    ]);
  });

  it('has the word of every istiod on its proxies, or why there is none, once', () => {
    const connected = (snapshot: Snapshot) => live(snapshot).controlPlanes?.map((each) => each.connected);
    expect(connected(blend)).toStrictEqual([null, null]);
    expect(live(blend).unasked).toMatchObject([{ fix: expect.stringContaining('get --raw /api/v1/namespaces/') }]);
    const heard = serving(blend, { '1-20-8': [4, 3], '1-21-6': [2, 0] });
    expect(connected(heard)).toStrictEqual([7, 2]);
    expect(live(heard).unasked).toStrictEqual([]);
    // One that does not answer may have them all.
    const [unknown] = live(blend).unasked;
    expect(connected(serving(blend, { '1-20-8': [4, unknown], '1-21-6': [2, 0] }))).toStrictEqual([null, 2]);
  });

  it('lists exactly the workloads that must restart, by their owners', () => {
    expect(
      toMove(blended, 'production', live(blend))?.map(({ namespace, kind, name, pods, revision, next, todo }) => [
        `${namespace}/${kind}/${name}`,
        pods,
        revision,
        next,
        todo,
      ]),
    ).toStrictEqual([
      ['shop/Deployment/cart', 2, '1-20-8', '1-21-6', 'restart'],
      ['shop/StatefulSet/stock', 2, '1-20-8', '1-21-6', 'restart'],
    ]);
  });
});

describe('what is found', () => {
  it.each<[string, string, Snapshot]>([
    [
      'a selector that picks one revision of two',
      'selector-differs',
      edit('services', 'istio-ingressgateway', ({ spec }) => {
        spec.selector.version = '1_20_8';
      }),
    ],
    [
      'a selector that merging has made match nothing',
      'selector-differs',
      edit('services', 'istio-ingressgateway', ({ spec }) => {
        spec.selector = { ...spec.selector, version: '1_20_8', 'istio.io/rev': '1-21-6' };
      }),
    ],
    [
      'endpoints of which none is ready',
      'no-endpoints',
      changed(blend, 'endpointSlices', (slices) =>
        slices.map((slice) => ({
          ...slice,
          endpoints: slice['endpoints'].map((endpoint: object) => ({ ...endpoint, conditions: { ready: false } })),
        })),
      ),
    ],
    [
      'a load balancer without an address',
      'no-address',
      edit('services', 'istio-ingressgateway', (service) => {
        service['status'] = { loadBalancer: {} };
      }),
    ],
    ['an entry Service that is gone', 'entry-service', changed(blend, 'services', () => [])],
    [
      'a control plane with one of two replicas',
      'control-plane-not-ready',
      edit('deployments', 'istiod-1-21-6', ({ status }) => {
        status.readyReplicas = 1;
      }),
    ],
    [
      'gateways that are not there',
      'gateway-not-ready',
      changed(blend, 'deployments', (all) => all.filter((each) => !named('istio-ingressgateway-1-21-6')(each))),
    ],
    [
      'a tag that has not moved',
      'tag-differs',
      edit('tags', 'istio-revision-tag-prod', ({ metadata }) => {
        metadata.labels['istio.io/rev'] = '1-20-8';
      }),
    ],
    [
      'proxies without a control plane',
      'no-control-plane',
      changed(blend, 'pods', (pods) =>
        pods.map((pod) =>
          JSON.parse(JSON.stringify(pod).replaceAll(/"revision\\":\\"1-20-8/g, '"revision\\":\\"1-19-3')),
        ),
      ),
    ],
    [
      'a Kustomization that is not ready',
      'not-synced',
      edit('engine', 'istio-4-gateways', ({ status }) => {
        status.conditions[0] = { type: 'Ready', status: 'False', reason: 'HealthCheckFailed' };
      }),
    ],
    [
      'a Kustomization that is suspended',
      'not-synced',
      edit('engine', 'istio-5-switch', ({ spec }) => {
        spec.suspend = true;
      }),
    ],
  ])('%s: %s', (_, rule, snapshot) => expect(found(snapshot)).toContain(rule));

  it('is what the repository has no more and the cluster still has', () => {
    const start = edited(blended, ({ clusters }) => {
      const production = of(clusters, 'production');
      Object.assign(production, {
        revisions: ['1-21-6'],
        default: '1-21-6',
        serves: { 'istio-ingressgateway': ['1-21-6'] },
      });
    });
    const rules = findings(start, 'production', liveMesh(start, 'production', blend)).map(({ rule }) => rule);
    expect(rules).toContain('control-plane-left');
    expect(rules).toContain('gateway-left');
  });

  it.each(Object.keys(blend.lists) as KindName[])('is never guessed where %s may not be read', (kind) => {
    const snapshot = without(blend, kind);
    expect(live(snapshot).unknown.map(({ reason }) => reason)).toStrictEqual(['forbidden']);
    expect(found(snapshot)).toStrictEqual([]);
  });

  it('counts endpoints once, and none that is on its way out', () => {
    const slices = changed(blend, 'endpointSlices', (all) => [...all, ...structuredClone(all)]);
    expect(live(slices).gateways[0]?.endpoints).toBe(4);
    const one = changed(blend, 'endpointSlices', (all) => {
      const own = all.find(({ metadata }) => metadata.labels['kubernetes.io/service-name'] === 'istio-ingressgateway');
      if (own !== undefined) own['endpoints'][0].conditions = { ready: false, serving: true, terminating: true };
      return all;
    });
    expect(live(one).gateways[0]?.endpoints).toBe(3);
  });
});

describe('the proxies of workloads', () => {
  const namespaceLabels = (labels: object) =>
    edit('namespaces', 'shop', ({ metadata }) => {
      metadata.labels = labels;
    });
  const todos = (snapshot: Snapshot) =>
    toMove(blended, 'production', live(snapshot))?.map(({ name, todo, next }) => `${name} ${todo} ${next}`);

  it('need another label where their namespace names the old revision', () =>
    expect(todos(namespaceLabels({ 'istio.io/rev': '1-20-8' }))).toStrictEqual([
      'cart relabel 1-20-8',
      'web relabel 1-20-8',
      'stock relabel 1-20-8',
    ]));

  it('follow the default tag with istio-injection, whatever else is there', () =>
    expect(todos(namespaceLabels({ 'istio-injection': 'enabled', 'istio.io/rev': 'prod' }))).toStrictEqual([
      'web restart 1-20-8',
    ]));

  it('need a label where nothing would inject them again', () =>
    expect(todos(namespaceLabels({}))).toStrictEqual(['cart relabel null', 'web relabel null', 'stock relabel null']));

  it('of Istio 1.9 and 1.10 are known by their label', () => {
    const old = changed(blend, 'pods', (pods) =>
      pods.map((pod) => {
        if (pod.metadata.annotations?.['sidecar.istio.io/status'] === undefined) return pod;
        pod.metadata.annotations['sidecar.istio.io/status'] = '{"version":"abc","containers":["istio-proxy"]}';
        pod.metadata.labels['istio.io/rev'] = '1-21-6';
        return pod;
      }),
    );
    expect(new Set(live(old).workloads?.map(({ revision }) => revision))).toStrictEqual(new Set(['1-21-6']));
  });
});

describe('the check before the traffic moves', () => {
  const asked: Asked = { by: 'revision', command: 'yo istio-prod:revision 1.21.6 --check --context reader' };
  const askedBack: Asked = { by: 'rollback', command: 'yo istio-prod:rollback --check --context reader' };
  const check = (snapshot: Snapshot) => readiness(blended, 'production', '1-21-6', snapshot, asked);

  it('passes where the new gateways are ready and as many', () =>
    expect(check(blend)).toStrictEqual({ problems: [], unknown: [], short: {} }));

  it('refuses fewer pods than serve now, with both counts, what to type and what that writes', () => {
    const { problems, short } = check(more);
    expect(short).toStrictEqual({ 'istio-ingressgateway': 4 });
    expect(problems.map(({ rule }) => rule)).toStrictEqual(['less-capacity']);
    expect(problems[0]?.message).toContain('1-21-6 has 2 ready pods, and 4 ready endpoints of 1-20-8 serve now');
    expect(problems[0]?.fix).toMatch(
      /^Type yo istio-prod:revision 1\.21\.6 --check --context reader --scale-up: one commit sets clusters\.production\.minReplicas\.istio-ingressgateway\.1-21-6: 4 in .*The first step of retire gives it back$/,
    );
  });

  it('says where an autoscaler cannot reach that many', () => {
    const capped = edit(
      'autoscalers',
      'istio-ingressgateway-1-21-6',
      ({ spec }) => {
        spec.maxReplicas = 3;
      },
      more,
    );
    expect(check(capped).problems[0]).toMatchObject({ message: /stops at 3/, fix: /1-21-6: 4 in istio-prod\.yaml/ });
    const small = edited(blended, (draft) => {
      of(draft.gateways, 'istio-ingressgateway').maxReplicas = 3;
    });
    expect(readiness(small, 'production', '1-21-6', capped, asked).problems[0]?.fix).toMatch(
      /minReplicas\.istio-ingressgateway\.1-21-6: 4 and gateways\.istio-ingressgateway\.maxReplicas: 8 in istio-prod\.yaml.*gives the minimum back$/,
    );
  });

  it('says to wait where the repository asks for as many already', () => {
    const raised = edited(blended, (draft) => {
      of(draft.clusters, 'production').minReplicas = { 'istio-ingressgateway': { '1-21-6': 5 } };
    });
    const { problems, short } = readiness(raised, 'production', '1-21-6', more, asked);
    expect(short).toStrictEqual({ 'istio-ingressgateway': 4 });
    expect(problems[0]?.fix).toMatch(
      /1-21-6 asks for as many: push it, wait until 4 are ready .* --context reader again$/,
    );
    expect(problems[0]?.fix).not.toContain('--scale-up');
  });

  it.each([
    ['are not ready', 1],
    ['are all gone', 0],
  ])('refuses gateways that %s', (_, ready) => {
    const snapshot = edit('deployments', 'istio-ingressgateway-1-21-6', ({ status }) => {
      status.readyReplicas = ready;
    });
    expect(check(snapshot).problems).toMatchObject([
      { rule: 'gateways-not-ready', message: new RegExp(`${ready} of 2`) },
    ]);
  });

  it('refuses gateways that are not there', () => {
    const snapshot = changed(blend, 'deployments', (all) =>
      all.filter((each) => !named('istio-ingressgateway-1-21-6')(each)),
    );
    expect(check(snapshot).problems.map(({ rule }) => rule)).toStrictEqual(['gateways-not-ready']);
  });

  it('names the cluster in the commands to type, where there are several', () => {
    const two = upgraded(
      aMesh({ version: '1.20.8', engine: 'flux', clusters: ['europe', 'production'] }),
      '1.21.6',
      'blend',
    );
    const gone = changed(blend, 'deployments', () => []);
    const problems = [
      ...readiness(two, 'production', '1-21-6', gone, {
        ...asked,
        command: asked.command.replace(' --check', ' --check --cluster production'),
      }).problems,
      ...usageProblems(two, 'production', '1-20-8', blend),
    ];
    const typed = problems.flatMap(
      ({ fix }) => fix.match(/yo istio-prod:(?:revision \S+|retire \S+|status)[^;]*/g) ?? [],
    );
    expect(new Set(typed.map((each) => each.split(' ')[1]))).toStrictEqual(
      new Set(['retire', 'revision', 'status'].map((name) => `istio-prod:${name}`)),
    );
    for (const each of typed) expect(each).toMatch(/ --cluster production --context reader/);
  });

  it('asks the same of the old gateways where traffic goes back to them', () => {
    const back = (snapshot: Snapshot) => readiness(blended, 'production', '1-20-8', snapshot, askedBack);
    expect(back(blend)).toStrictEqual({ problems: [], unknown: [], short: {} });
    const gone = edit('deployments', 'istio-ingressgateway-1-20-8', ({ status }) => {
      status.readyReplicas = 0;
    });
    expect(back(gone).problems).toMatchObject([
      {
        rule: 'gateways-not-ready',
        message: /0 of 2 pods of 1-20-8/,
        fix: /run yo istio-prod:rollback --check --context reader again$/,
      },
    ]);
    const one = edit('deployments', 'istio-ingressgateway-1-20-8', ({ spec, status }) => {
      spec.replicas = 1;
      status.readyReplicas = 1;
    });
    expect(back(one).problems).toMatchObject([
      {
        rule: 'less-capacity',
        message: /1-20-8 has 1 ready pod, and 2 ready endpoints of 1-21-6 serve now/,
        fix: /minReplicas\.istio-ingressgateway\.1-20-8: 2 .*Take it out again when the load has gone down$/,
      },
    ]);
  });

  describe('beside an installation that was there before', () => {
    /** The recorded cluster, with the old gateways as somebody else's. */
    const adopting = edited(blended, (draft) => {
      const selector = { istio: 'ingressgateway' };
      const service = { type: 'LoadBalancer' as const, ports: [] };
      const deployments = ['istio-ingressgateway-1-20-8'];
      const before = { namespace: 'istio-gateways', serviceAccount: 'old', deployments, selector, service };
      of(draft.gateways, 'istio-ingressgateway').adopted = before;
      delete draft.revisions['1-20-8'];
      const cluster = of(draft.clusters, 'production');
      Object.assign(cluster, { revisions: ['1-21-6'], default: 'adopted' });
      cluster.serves = { 'istio-ingressgateway': ['adopted', '1-21-6'] };
    });

    it('counts the old pods that serve as well', () =>
      expect(readiness(adopting, 'production', '1-21-6', more, asked)).toMatchObject({
        problems: [
          { rule: 'less-capacity', message: /1-21-6 has 2 ready pods, and 4 ready endpoints of adopted serve now/ },
        ],
        short: { 'istio-ingressgateway': 4 },
      }));

    it('asks for the old ones where traffic goes back, which are their owner’s', () => {
      const back = (snapshot: Snapshot) => readiness(adopting, 'production', 'adopted', snapshot, askedBack);
      expect(back(more)).toStrictEqual({ problems: [], unknown: [], short: {} });
      const one = edit('deployments', 'istio-ingressgateway-1-20-8', ({ spec, status }) => {
        spec.replicas = 1;
        status.readyReplicas = 1;
      });
      expect(back(one)).toMatchObject({
        problems: [
          {
            message: /adopted has 1 ready pod, and 2 ready endpoints of 1-21-6 serve now/,
            fix: /^Let its owner make it 2: kubectl --context reader -n istio-gateways scale deployment istio-ingressgateway-1-20-8 --replicas=2,/,
          },
        ],
        short: {},
      });
      const gone = changed(blend, 'deployments', (all) =>
        all.filter((each) => !named('istio-ingressgateway-1-20-8')(each)),
      );
      expect(back(gone).problems.map(({ rule }) => rule)).toStrictEqual(['gateways-not-ready']);
    });
  });

  it.each<KindName>(['deployments', 'services', 'endpointSlices', 'pods', 'autoscalers'])(
    'does not know without %s, and guesses nothing',
    (kind) => expect(check(without(blend, kind))).toMatchObject({ problems: [], unknown: [{ rule: 'live-unknown' }] }),
  );
});

describe('the word of the cluster on a revision that is to retire', () => {
  const mesh = upgraded(blended, '1.21.6', 'default');
  const uses = (snapshot: Snapshot, of = mesh) => usageProblems(of, 'production', '1-20-8', snapshot);
  const messages = (snapshot: Snapshot) => uses(snapshot).map(({ message }) => message);

  /** The recorded cluster after the cut, the default and every restart. */
  const clean = [
    (snapshot: Snapshot) =>
      edit(
        'services',
        'istio-ingressgateway',
        ({ spec }) => {
          spec.selector.version = '1_21_6';
        },
        snapshot,
      ),
    ...['tags', 'validators'].map(
      (kind) => (snapshot: Snapshot) =>
        changed(snapshot, kind as KindName, (all) =>
          all.map((each) => JSON.parse(JSON.stringify(each).replaceAll('1-20-8', '1-21-6'))),
        ),
    ),
    (snapshot: Snapshot) =>
      changed(snapshot, 'pods', (all) => all.filter(({ metadata }) => metadata.namespace !== 'shop')),
  ].reduce((snapshot, step) => step(snapshot), blend);

  it('is that it is free to go, once nothing uses it', () => expect(uses(clean)).toStrictEqual([]));

  it('names workloads, entry Services, tags and the validator that use it', () =>
    expect(messages(blend)).toStrictEqual([
      expect.stringContaining('2 workloads with proxies of 1-20-8: shop/deployment/cart, shop/statefulset/stock'),
      expect.stringContaining('The entry Service istio-ingressgateway still selects 1-20-8'),
      expect.stringContaining('The tag default still points at 1-20-8'),
      expect.stringContaining('The validator istiod-default-validator still points at 1-20-8'),
    ]));

  it.each<[string, Snapshot, RegExp]>([
    [
      'a namespace that names it',
      edit('namespaces', 'shop', ({ metadata }) => Object.assign(metadata.labels, { 'istio.io/rev': '1-20-8' }), clean),
      /1 namespace labelled istio\.io\/rev=1-20-8.*shop/,
    ],
    [
      'a Gateway that selects its version',
      changed(clean, 'gateways', () => [
        {
          metadata: { name: 'web', namespace: 'shop' },
          spec: { selector: { istio: 'ingressgateway', version: '1_20_8' } },
        },
      ]),
      /Gateway shop\/web holds for 1-20-8 only/,
    ],
    [
      'an EnvoyFilter that selects its version',
      changed(clean, 'envoyFilters', () => [
        {
          metadata: { name: 'limits', namespace: 'shop' },
          spec: { workloadSelector: { labels: { version: '1_20_8' } } },
        },
      ]),
      /EnvoyFilter shop\/limits/,
    ],
    [
      'an entry Service that still selects both',
      edit(
        'services',
        'istio-ingressgateway',
        ({ spec }) => {
          spec.selector = { istio: 'ingressgateway' };
        },
        clean,
      ),
      /has not carried out the cut/,
    ],
  ])('names %s', (_, snapshot, message) => expect(messages(snapshot)).toStrictEqual([expect.stringMatching(message)]));

  it('takes what the revision brought itself for no use of it', () => {
    const own = changed(clean, 'validators', (all) => [
      ...all,
      { metadata: { name: 'istio-validator-1-20-8-istio-system', labels: { 'istio.io/rev': '1-20-8' } } },
    ]);
    expect(uses(own)).toStrictEqual([]);
  });

  it('waits for each part until the one before is gone', () => {
    const retiring = (gone: 'gateway-pods' | 'gateways' | 'control-plane') =>
      edited(mesh, ({ clusters }) => {
        of(clusters, 'production').retiring = { '1-20-8': gone };
      });
    expect(uses(clean, retiring('gateways'))[0]?.message).toContain(
      'still there: Deployment istio-gateways/istio-ingressgateway-1-20-8.',
    );
    expect(uses(clean, retiring('control-plane'))[0]?.message).toContain('Deployment istio-system/istiod-1-20-8');
    const gone = changed(clean, 'deployments', (all) =>
      all.filter(({ metadata }) => !metadata.name.endsWith('1-20-8')),
    );
    expect(uses(gone, retiring('control-plane'))).toStrictEqual([]);
    const leaving = changed(gone, 'operators', (all) => [
      ...all,
      { metadata: { namespace: 'istio-gateways', name: 'istio-ingressgateway-1-20-8' } },
    ]);
    // Switched off, it is still to be there.
    expect(uses(leaving, retiring('gateway-pods'))).toStrictEqual([]);
    expect(uses(leaving, retiring('gateways'))[0]?.message).toContain(
      'still there: IstioOperator istio-gateways/istio-ingressgateway-1-20-8.',
    );
  });

  it('keeps a control plane that serves proxies by its own word, once its gateways are gone', () => {
    const retiring = edited(mesh, ({ clusters }) => {
      of(clusters, 'production').retiring = { '1-20-8': 'gateways' };
    });
    const gone = changed(clean, 'deployments', (all) =>
      all.filter(({ metadata }) => !/^istio-.*1-20-8$/.test(metadata.name)),
    );
    expect(uses(gone, retiring), 'nobody was asked').toStrictEqual([]);
    expect(uses(serving(gone, { '1-20-8': [0, 0], '1-21-6': [9, 9] }), retiring)).toStrictEqual([]);
    const [use, ...more] = uses(serving(gone, { '1-20-8': [1, 0], '1-21-6': [9, 9] }), retiring);
    expect(more).toStrictEqual([]);
    expect(use).toMatchObject({
      rule: 'revision-in-use',
      message: 'Cluster production: 1 proxy is connected to istiod-1-20-8 by its own word.',
      fix: expect.stringContaining('istioctl --context reader --istioNamespace istio-system proxy-status'),
    });
    const [unknown] = liveMesh(mesh, 'production', blend).unasked;
    const half = serving(gone, { '1-20-8': [3, unknown], '1-21-6': [9, 9] });
    expect(uses(half, retiring)[0]?.message).toContain('At least 3 proxies are connected to istiod-1-20-8');
    expect(uses(serving(gone, { '1-20-8': [0, unknown], '1-21-6': [9, 9] }), retiring)).toStrictEqual([]);
    // Before, these are its own gateways.
    expect(uses(serving(clean, { '1-20-8': [1, 1], '1-21-6': [9, 9] }))).toStrictEqual([]);
  });

  it.each<KindName>(['pods', 'namespaces', 'deployments', 'services', 'tags', 'validators', 'gateways'])(
    'is not known without %s, which blocks, and may be forced',
    (kind) =>
      expect(uses(without(clean, kind))).toMatchObject([{ rule: 'usage-unknown', forcible: true, message: /1-20-8/ }]),
  );
});

describe('what to type next', () => {
  const next = (mesh: typeof blended, snapshot: Snapshot | null) =>
    clusterStatus(mesh, 'production', snapshot === null ? null : liveMesh(mesh, 'production', snapshot)).next;

  it('is the next phase by the repository alone', () =>
    expect(next(blended, null).at(-1)).toBe('yo istio-prod:revision 1.21.6 --through cut'));

  it('is the restarts, and then the next phase with its check, where all is well', () =>
    expect(next(blended, blend)).toStrictEqual([
      'kubectl --context reader -n shop rollout restart deployment/cart',
      'kubectl --context reader -n shop rollout restart statefulset/stock',
      'yo istio-prod:revision 1.21.6 --through cut --check --context reader',
    ]));

  it('is the commit that restarts the workloads, and the commands only for what it has left', () => {
    const restartedFor = (revision: string) =>
      edited(blended, ({ clusters }) => {
        of(clusters, 'production').restarted = { prod: revision };
      });
    expect(next(restartedFor('1-20-8'), blend)).toStrictEqual(['yo istio-prod:revision 1.21.6 --through workloads']);
    expect(next(restartedFor('1-21-6'), blend)).toStrictEqual(next(blended, blend));
    expect(next(restartedFor('1-20-8'), null)).toContain('yo istio-prod:revision 1.21.6 --through workloads');
  });

  it('is what mends the worst finding, and then another look', () => {
    const broken = edit('deployments', 'istiod-1-21-6', ({ status }) => {
      status.readyReplicas = 0;
    });
    expect(next(blended, broken)).toStrictEqual([
      'kubectl --context reader -n istio-system describe deployment istiod-1-21-6',
      'yo istio-prod:status --context reader    # look again',
    ]);
  });

  it('is what makes the unknown known', () =>
    expect(next(blended, without(blend, 'pods'))[0]).toContain('auth can-i list pods'));

  it('is the retirement after the default', () =>
    expect(next(upgraded(blended, '1.21.6', 'default'), null).at(-1)).toBe(
      'yo istio-prod:retire 1.20.8 --context NAME    # retire gateways',
    ));
});
