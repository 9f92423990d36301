import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { type Draft, edited, of } from '../support/broken-meshes.js';

const start = aMesh();
const both = upgraded(start, '1.10.3', 'add');
const production = ({ clusters }: Draft) => of(clusters, 'production');
const ingress = ({ gateways }: Draft) => of(gateways, 'istio-ingressgateway');

/** What breaks each rule, and where in istio-prod.yaml it is said to be broken. */
const broken: readonly (readonly [rule: string, what: string, edit: (draft: Draft) => void, at: string])[] = [
  [
    'path-outside',
    'a path upwards',
    (mesh) => {
      mesh.repository.path = '../other';
    },
    'repository.path',
  ],
  [
    'path-outside',
    'an absolute path',
    (mesh) => {
      mesh.repository.path = '/etc';
    },
    'repository.path',
  ],
  [
    'path-outside',
    'a path that goes out on its way',
    (mesh) => {
      mesh.repository.path = 'a/../../b';
    },
    'repository.path',
  ],
  [
    'path-outside',
    'a backslash',
    (mesh) => {
      mesh.repository.path = '..\\other';
    },
    'repository.path',
  ],
  [
    'invalid-version',
    'no version',
    (mesh) => {
      of(mesh.revisions, '1-9-5').version = '1.9';
    },
    'revisions.1-9-5',
  ],
  [
    'install-version',
    'a version that the operator cannot install',
    (mesh) => {
      mesh.revisions['1-24-6'] = { version: '1.24.6', install: 'operator', gateways: 'injected' };
    },
    'revisions.1-24-6',
  ],
  [
    'gateway-version',
    'gateways that the version cannot inject',
    (mesh) => {
      of(mesh.revisions, '1-9-5').gateways = 'injected';
    },
    'revisions.1-9-5',
  ],
  [
    'gateway-version',
    'gateways by an operator that is not there',
    (mesh) => {
      mesh.revisions['1-24-6'] = { version: '1.24.6', install: 'helm', gateways: 'operator' };
    },
    'revisions.1-24-6',
  ],
  [
    'revision-name',
    'a revision that is not named after its version',
    (mesh) => {
      of(mesh.revisions, '1-10-3').version = '1.10.6';
    },
    'revisions.1-10-3',
  ],
  [
    'platform-install',
    'a node agent that would go from one install method to another',
    (mesh) => {
      mesh.platform = 'openshift';
      of(mesh.revisions, '1-10-3').install = 'helm';
    },
    'clusters.production.revisions',
  ],
  [
    'no-gateway',
    'no gateway',
    (mesh) => {
      mesh.gateways = {};
    },
    'gateways',
  ],
  [
    'long-name',
    'a gateway whose Deployments would have too long names',
    (mesh) => {
      mesh.gateways['g'.repeat(47)] = { kind: 'egress' };
      production(mesh).serves['g'.repeat(47)] = ['1-9-5'];
    },
    `gateways.${'g'.repeat(47)}`,
  ],
  [
    'long-name',
    'a tag whose Service would have too long a name',
    (mesh) => {
      production(mesh).tags['t'.repeat(44)] = '1-9-5';
    },
    `clusters.production.tags.${'t'.repeat(44)}`,
  ],
  [
    'gateway-label',
    'two gateways with one label',
    (mesh) => {
      mesh.gateways['ingressgateway'] = { kind: 'ingress' };
      production(mesh).serves['ingressgateway'] = ['1-9-5'];
    },
    'gateways.istio-ingressgateway',
  ],
  [
    'unknown-gateway',
    'a minimum of a gateway that is none',
    (mesh) => {
      production(mesh).minReplicas = { ingress: { '1-9-5': 3 } };
    },
    'clusters.production.minReplicas.ingress',
  ],
  [
    'not-live',
    'a minimum of gateways that do not run',
    (mesh) => {
      production(mesh).minReplicas = { 'istio-ingressgateway': { '1-8-6': 3 } };
    },
    'clusters.production.minReplicas.istio-ingressgateway.1-8-6',
  ],
  [
    'replicas-range',
    'a minimum above the most that the autoscaler makes, which a cluster refuses',
    (mesh) => {
      production(mesh).minReplicas = { 'istio-ingressgateway': { '1-9-5': 6 } };
    },
    'clusters.production.minReplicas.istio-ingressgateway.1-9-5',
  ],
  [
    'no-cluster',
    'no cluster',
    (mesh) => {
      mesh.clusters = {};
    },
    'clusters',
  ],
  [
    'unknown-revision',
    'a live revision that is none',
    (mesh) => {
      production(mesh).revisions = ['1-9-5', '1-10-4'];
    },
    'clusters.production.revisions',
  ],
  [
    'unknown-revision',
    'a live revision twice',
    (mesh) => {
      production(mesh).revisions = ['1-9-5', '1-9-5'];
    },
    'clusters.production.revisions',
  ],
  [
    'unknown-revision',
    'a revision that goes and never came',
    (mesh) => {
      production(mesh).retiring = { '1-8-0': 'gateways' };
    },
    'clusters.production.retiring.1-8-0',
  ],
  [
    'third-revision',
    'three live revisions',
    (mesh) => {
      mesh.revisions['1-11-8'] = { version: '1.11.8', install: 'operator', gateways: 'injected' };
      production(mesh).revisions.push('1-11-8');
    },
    'clusters.production.revisions',
  ],
  [
    'crds-behind',
    'charts without the definitions that they need',
    (mesh) => {
      mesh.revisions['1-11-8'] = { version: '1.11.8', install: 'helm', gateways: 'injected' };
      production(mesh).revisions = ['1-9-5', '1-11-8'];
    },
    'clusters.production.crds',
  ],
  [
    'invalid-version',
    'definitions of a version that is none',
    (mesh) => {
      production(mesh).crds = '../../..';
    },
    'clusters.production.crds',
  ],
  [
    'render-install',
    'rendered charts of what no chart installs',
    (mesh) => {
      of(mesh.revisions, '1-9-5').charts = 'rendered';
    },
    'revisions.1-9-5',
  ],
  [
    'data-plane',
    'ambient mode by what does not install it',
    (mesh) => {
      mesh.dataPlane = 'ambient';
    },
    'revisions.1-10-3',
  ],
  [
    'charts-mixed',
    'a release of a chart beside rendered charts',
    (mesh) => {
      mesh.revisions['1-30-5'] = { version: '1.30.5', install: 'helm', charts: 'rendered', gateways: 'injected' };
      mesh.revisions['1-31-1'] = { version: '1.31.1', install: 'helm', gateways: 'injected' };
      Object.assign(production(mesh), { revisions: ['1-30-5', '1-31-1'], crds: '1.31.1', base: 'rendered' });
    },
    'clusters.production.revisions',
  ],
  [
    'sail-behind',
    'a control plane whose operator is not there',
    (mesh) => {
      mesh.revisions['1-24-6'] = { version: '1.24.6', install: 'sail', gateways: 'injected' };
      production(mesh).revisions = ['1-9-5', '1-24-6'];
    },
    'clusters.production.sail',
  ],
  [
    'sail-behind',
    'an operator that does not install a control plane any more',
    (mesh) => {
      mesh.revisions['1-24-6'] = { version: '1.24.6', install: 'sail', gateways: 'injected' };
      production(mesh).revisions = ['1-9-5', '1-24-6'];
      production(mesh).sail = '1.30.3';
    },
    'clusters.production.sail',
  ],
  [
    'install-version',
    'a version that no known release of the operator installs',
    (mesh) => {
      mesh.revisions['1-30-5'] = { version: '1.30.5', install: 'sail', gateways: 'injected' };
    },
    'revisions.1-30-5',
  ],
  [
    'serves-nothing',
    'a gateway that nobody serves',
    (mesh) => {
      production(mesh).serves = {};
    },
    'clusters.production.serves',
  ],
  [
    'unknown-gateway',
    'a gateway that is none',
    (mesh) => {
      production(mesh).serves['istio-other'] = ['1-9-5'];
    },
    'clusters.production.serves.istio-other',
  ],
  [
    'selector-shape',
    'two of three revisions behind one gateway',
    (mesh) => {
      mesh.revisions['1-11-8'] = { version: '1.11.8', install: 'operator', gateways: 'injected' };
      production(mesh).revisions.push('1-11-8');
      production(mesh).serves['istio-ingressgateway'] = ['1-10-3', '1-11-8'];
    },
    'clusters.production.serves.istio-ingressgateway',
  ],
  [
    'not-live',
    'a gateway served by a revision that does not run there',
    (mesh) => {
      production(mesh).revisions = ['1-9-5'];
      production(mesh).serves['istio-ingressgateway'] = ['1-10-3'];
    },
    'clusters.production.serves.istio-ingressgateway',
  ],
  [
    'not-live',
    'a gateway served by a revision whose gateways are gone',
    (mesh) => {
      production(mesh).retiring = { '1-9-5': 'gateways' };
    },
    'clusters.production.serves.istio-ingressgateway',
  ],
  [
    'not-live',
    'a default that does not run',
    (mesh) => {
      production(mesh).default = '1-8-0';
    },
    'clusters.production.default',
  ],
  [
    'not-live',
    'a tag on a revision whose control plane is gone',
    (mesh) => {
      production(mesh).retiring = { '1-9-5': 'control-plane' };
      production(mesh).default = '1-10-3';
      production(mesh).serves['istio-ingressgateway'] = ['1-10-3'];
    },
    'clusters.production.tags.prod',
  ],
  [
    'tag-name',
    'a tag called default',
    (mesh) => {
      production(mesh).tags['default'] = '1-9-5';
    },
    'clusters.production.tags.default',
  ],
  [
    'tag-name',
    'a tag called like a revision',
    (mesh) => {
      production(mesh).tags['1-9-5'] = '1-9-5';
    },
    'clusters.production.tags.1-9-5',
  ],
  [
    'gateway-namespace',
    'a gateway in the namespace of the control plane',
    (mesh) => {
      ingress(mesh).namespace = 'istio-system';
    },
    'gateways.istio-ingressgateway',
  ],
  [
    'gateway-port',
    'a port that the kind has already',
    (mesh) => {
      ingress(mesh).ports = [{ name: 'web', port: 443, targetPort: 9443 }];
    },
    'gateways.istio-ingressgateway',
  ],
  [
    'gateway-port',
    'two ports with one target',
    (mesh) => {
      ingress(mesh).ports = [
        { name: 'a', port: 1, targetPort: 9000 },
        { name: 'b', port: 2, targetPort: 9000 },
      ];
    },
    'gateways.istio-ingressgateway',
  ],
  [
    'gateway-port',
    'a target that the proxy has',
    (mesh) => {
      ingress(mesh).ports = [{ name: 'stats', port: 9090, targetPort: 15090 }];
    },
    'gateways.istio-ingressgateway',
  ],
  [
    'unknown-tag',
    'a wave of a tag that no cluster has',
    (mesh) => {
      mesh.upgrade.waves = [{ tag: 'canary', namespaces: [] }];
    },
    'upgrade.waves.0',
  ],
  [
    'wave-twice',
    'a namespace on two tags',
    (mesh) => {
      production(mesh).tags['canary'] = '1-9-5';
      mesh.upgrade.waves = [
        { tag: 'canary', namespaces: ['a'] },
        { tag: 'prod', namespaces: ['a'] },
      ];
    },
    'upgrade.waves.1',
  ],
  [
    'wave-twice',
    'a tag in two waves',
    (mesh) => {
      mesh.upgrade.waves = [
        { tag: 'prod', namespaces: ['a'] },
        { tag: 'prod', namespaces: [] },
      ];
    },
    'upgrade.waves.1',
  ],
];

describe('a mesh is refused for', () => {
  it.each(broken)('%s: %s', (rule, _, edit, at) => {
    const problems = checkMesh(edited(both, edit));
    expect(problems.map((problem) => `${problem.rule} at ${problem.at.join('.')}`)).toContain(`${rule} at ${at}`);
    for (const { message, fix } of problems) {
      expect(message, 'a sentence').toMatch(/\.$/);
      expect(fix, 'what to type or to change').not.toMatch(/undefined|\.$/);
    }
  });

  it('every rule there is, which has an example here', () => {
    const source = ['check-mesh', 'check-replicas', 'gateways', 'shared-charts', 'waves', 'versions', 'naming']
      .map((name) => readFileSync(join(import.meta.dirname, `../../src/policy/${name}.ts`), 'utf8'))
      .join('');
    const elsewhere = ['invalid-name', 'downgrade', 'port-in-use', 'skip-minor'];
    const rules = new Set([...source.matchAll(/rule: '([a-z-]+)'/g)].map(([, rule]) => rule));
    expect([...rules].filter((rule) => !elsewhere.includes(rule ?? '')).sort()).toStrictEqual(
      [...new Set(broken.map(([rule]) => rule))].sort(),
    );
  });

  it('all of them at once', () => {
    const edits = broken.filter(([rule]) => ['path-outside', 'tag-name', 'unknown-gateway'].includes(rule));
    const problems = checkMesh(
      edited(both, (draft) => {
        for (const [, , edit] of edits) edit(draft);
      }),
    );
    expect(new Set(problems.map(({ rule }) => rule))).toStrictEqual(
      new Set(['path-outside', 'tag-name', 'unknown-gateway']),
    );
  });
});

describe('a mesh is accepted', () => {
  it.each(['add', 'workloads', 'blend', 'cut', 'default'] as const)('as an upgrade leaves it after %s', (phase) => {
    expect(checkMesh(upgraded(start, '1.10.3', phase))).toStrictEqual([]);
  });

  it('with names of things that every object has', () => {
    const mesh = edited(start, (draft) => {
      Object.assign(production(draft).tags, { constructor: '1-9-5' });
      Object.assign(draft.gateways, { constructor: { kind: 'egress' } });
      Object.assign(production(draft).serves, { constructor: ['1-9-5'] });
    });
    expect(checkMesh(mesh)).toStrictEqual([]);
  });

  it('in a folder below the top of the repository', () => {
    expect(
      checkMesh(
        edited(start, (draft) => {
          draft.repository.path = 'platform/istio';
        }),
      ),
    ).toStrictEqual([]);
  });
});
