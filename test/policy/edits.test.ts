import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkEdit } from '../../src/policy/edits.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { type Draft, edited, of } from '../support/broken-meshes.js';

const before = edited(upgraded(aMesh({ gateways: ['ingress', 'egress'] }), '1.10.3', 'blend'), (mesh) => {
  of(mesh.gateways, 'istio-ingressgateway').ports = [{ name: 'mqtt', port: 8883, targetPort: 8883 }];
});
const production = ({ clusters }: Draft) => of(clusters, 'production');
const newVersion = (mesh: Draft, version: string) => {
  const name = version.replaceAll('.', '-');
  mesh.revisions[name] = { version, install: 'operator', gateways: 'injected' };
  production(mesh).revisions = ['1-10-3', name];
};

const cut = upgraded(aMesh({ gateways: ['ingress', 'egress'] }), '1.10.3', 'cut');

const refused: readonly (readonly [rule: string, what: string, edit: (draft: Draft) => void, from?: typeof before])[] =
  [
    [
      'settled',
      'another namespace of gateways',
      (mesh) => {
        mesh.namespaces.gateways = 'dedicated';
      },
    ],
    [
      'settled',
      'another namespace of control planes',
      (mesh) => {
        mesh.namespaces.controlPlane = 'per-revision';
      },
    ],
    [
      'settled',
      'another maker of a revision',
      (mesh) => {
        of(mesh.revisions, '1-10-3').gateways = 'operator';
      },
    ],
    [
      'settled',
      'another kind of gateway',
      (mesh) => {
        of(mesh.gateways, 'istio-egressgateway').kind = 'ingress';
      },
    ],
    [
      'settled',
      'another namespace of one gateway',
      (mesh) => {
        of(mesh.gateways, 'istio-egressgateway').namespace = 'egress';
      },
    ],
    [
      'settled',
      'a node agent that rendered manifests do not know of',
      (mesh) => {
        mesh.cni = true;
      },
      aMesh({ version: '1.30.5', install: 'helm', render: true }),
    ],
    [
      'settled',
      'another data plane',
      (mesh) => {
        mesh.dataPlane = 'ambient';
      },
    ],
    [
      'trust-domain',
      'another trust domain',
      (mesh) => {
        mesh.trustDomain = 'example.com';
      },
    ],
    [
      'mixed-change',
      'a setting and a switch',
      (mesh) => {
        mesh.hub = 'registry.example.com/istio';
        production(mesh).serves['istio-ingressgateway'] = ['1-10-3'];
      },
    ],
    [
      'mixed-change',
      'a network and a tag',
      (mesh) => {
        production(mesh).network = 'east';
        production(mesh).tags['prod'] = '1-9-5';
      },
    ],
    ['skip-minor', 'two minors', (mesh) => newVersion(mesh, '1.12.9')],
    ['downgrade', 'a version back', (mesh) => newVersion(mesh, '1.9.9')],
    [
      'gateway-in-use',
      'a gateway that is gone',
      (mesh) => {
        delete mesh.gateways['istio-egressgateway'];
      },
    ],
    [
      'port-in-use',
      'a port that is gone',
      (mesh) => {
        delete of(mesh.gateways, 'istio-ingressgateway').ports;
      },
    ],
    [
      'port-in-use',
      'a port with another target',
      (mesh) => {
        of(mesh.gateways, 'istio-ingressgateway').ports = [{ name: 'mqtt', port: 8883, targetPort: 1883 }];
      },
    ],
    [
      'tag-in-use',
      'a tag that is gone',
      (mesh) => {
        delete production(mesh).tags['prod'];
      },
    ],
    [
      'cluster-in-use',
      'a cluster that is gone',
      (mesh) => {
        mesh.clusters = {};
      },
    ],
    [
      'engine-in-use',
      'another delivery engine',
      (mesh) => {
        mesh.engine = 'flux';
      },
    ],
    [
      'skip-blend',
      'a gateway that goes back in one step',
      (mesh) => {
        production(mesh).serves['istio-ingressgateway'] = ['1-9-5'];
      },
      cut,
    ],
    [
      'retire-steps',
      'a revision that is simply gone',
      (mesh) => {
        production(mesh).revisions = ['1-10-3'];
      },
    ],
  ];

describe('an edit of a live mesh is refused for', () => {
  const cases = refused.map(([rule, what, edit, from = before]) => ({ rule, what, edit, from }));
  it.each(cases)('$rule: $what', ({ rule, edit, from }) => {
    expect(checkEdit(from, edited(from, edit)).map((problem) => problem.rule)).toContain(rule);
  });

  it('every rule there is, which has an example here', () => {
    const source = readFileSync(join(import.meta.dirname, '../../src/policy/edits.ts'), 'utf8');
    const rules = new Set([...source.matchAll(/rule: '([a-z-]+)'/g)].map(([, rule]) => rule));
    const examples = new Set(refused.map(([rule]) => rule));
    expect([...rules].filter((rule) => rule === undefined || !examples.has(rule))).toStrictEqual([]);
  });
});

describe('an edit of a live mesh is accepted', () => {
  it.each<readonly [string, (draft: Draft) => void]>([
    ['that changes nothing', () => {}],
    [
      'of the hub',
      (mesh) => {
        mesh.hub = 'registry.example.com/istio';
      },
    ],
    [
      'of the branch',
      (mesh) => {
        mesh.repository.branch = 'live';
      },
    ],
    [
      'of one switch',
      (mesh) => {
        production(mesh).serves['istio-egressgateway'] = ['1-10-3'];
      },
    ],
    [
      'back of one switch',
      (mesh) => {
        production(mesh).serves['istio-egressgateway'] = ['1-9-5'];
      },
    ],
    [
      'with a new gateway, which somebody must serve',
      (mesh) => {
        mesh.gateways['istio-eastwestgateway'] = { kind: 'eastwest' };
        production(mesh).serves['istio-eastwestgateway'] = ['1-9-5'];
      },
    ],
    [
      'with another port of a gateway, and another name of one',
      (mesh) => {
        of(mesh.gateways, 'istio-ingressgateway').ports = [
          { name: 'tcp-mqtt', port: 8883, targetPort: 8883 },
          { name: 'ldap', port: 389, targetPort: 8389 },
        ];
      },
    ],
    [
      'with a new cluster, whatever it runs',
      (mesh) => {
        mesh.clusters['africa'] = structuredClone(production(mesh));
      },
    ],
  ])('%s', (_, edit) => {
    expect(checkEdit(before, edited(before, edit))).toStrictEqual([]);
  });
});
