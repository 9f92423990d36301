import { beforeAll, describe, expect, it } from 'vitest';
import type { BootstrapRequest } from '../../src/changes/bootstrap.js';
import { retireRevision } from '../../src/changes/retire-revision.js';
import type { Mesh } from '../../src/model/mesh.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { type Emitted, emit, ofKind } from '../support/emitted.js';
import { gatewayPods, operatedGateways } from '../support/gateway-pods.js';
import { the } from '../support/kubectl.js';
import { claims } from './describe-upgrade.js';

const gateways = ['ingress', 'egress', 'eastwest'] as const;
const all: Partial<BootstrapRequest> = { gateways };

/** What retires, and whether its operator would leave the pods of its gateways behind. */
const cases = [
  ['1.9.5', '1.10.3', true, all],
  ['1.9.5', '1.10.3', true, { ...all, controlPlaneNamespaces: 'per-revision' }],
  ['1.10.3', '1.11.8', true, { ...all, gatewayInstall: 'operator', controlPlaneNamespaces: 'per-revision' }],
  ['1.10.6', '1.11.8', false, { ...all, gatewayInstall: 'operator' }],
  ['1.12.7', '1.13.9', false, { ...all, gatewayInstall: 'operator' }],
] as const;

describe.each(cases)('%s retires, and %s stays (its gateways are switched off first: %s)', (from, to, off, shape) => {
  const revision = from.replaceAll('.', '-');
  const states = new Map<string, Emitted>();

  beforeAll(async () => {
    let mesh: Mesh = upgraded(aMesh({ ...shape, version: from }), to, 'default');
    while (mesh.revisions[revision] !== undefined) {
      const outcome = retireRevision(mesh, { revision, usage: 'unused', forced: new Set() });
      if ('problems' in outcome || outcome.steps[0] === undefined) throw new Error(JSON.stringify(outcome));
      mesh = outcome.steps[0].mesh;
      for (const emitted of await emit(mesh)) states.set(outcome.steps[0].name, emitted);
    }
  }, 120_000);

  const state = (name: string): Emitted => {
    const emitted = states.get(name);
    if (emitted === undefined) throw new Error(`There was no step ${name}`);
    return emitted;
  };
  const operators = (name: string) => ofKind(state(name), 'IstioOperator').filter(({ spec }) => spec.tag === from);

  it.each(Object.entries(claims))('%s', (_sentence, holds) => {
    for (const [name, emitted] of states) {
      try {
        holds(emitted);
      } catch (error) {
        if (error instanceof Error) error.message = `${name}: ${error.message}`;
        throw error;
      }
    }
  });

  it('the parts go one after the other', () => {
    expect([...states.keys()]).toStrictEqual([
      ...(off ? ['retire-gateway-pods'] : []),
      'retire-gateways',
      'retire-control-plane',
      'retire-operator',
    ]);
  });

  it('the IstioOperator of a gateway outlives its pods where it must', () => {
    if (!off) return expect(states.has('retire-gateway-pods')).toBe(false);
    const made = operators('retire-gateway-pods').flatMap(({ spec }) => operatedGateways(spec));
    expect(made.map(({ enabled }) => enabled)).toStrictEqual(gateways.map(() => false));
    expect(gatewayPods(state('retire-gateway-pods')).map((pods) => pods.revision)).not.toContain(revision);
    // Nothing waits for pods that are gone.
    const waiting = JSON.stringify(ofKind(state('retire-gateway-pods'), 'Job'));
    expect(waiting).not.toContain(`-${revision}`);
  });

  it('the control plane outlives its gateways, and the operator all that it made', () => {
    const planes = operators('retire-gateways').map(({ metadata }) => metadata.name);
    expect(planes).toStrictEqual([`control-plane-${revision}`]);
    expect(operators('retire-control-plane')).toStrictEqual([]);
    the(state('retire-control-plane').objects, 'Deployment', `istio-operator-${revision}`);
    expect(JSON.stringify(state('retire-operator').objects)).not.toContain(`istio-operator-${revision}`);
  });
});

describe('1.10.3 is given up, and 1.9.5 stays', () => {
  const states: (readonly [string, Emitted])[] = [];
  const given = '1-10-3';

  beforeAll(async () => {
    let mesh: Mesh = upgraded(aMesh({ ...all, version: '1.9.5' }), '1.10.3', 'add');
    while (mesh.revisions[given] !== undefined) {
      const outcome = retireRevision(mesh, { revision: given, usage: 'unused', forced: new Set() });
      if ('problems' in outcome || outcome.steps[0] === undefined) throw new Error(JSON.stringify(outcome));
      mesh = outcome.steps[0].mesh;
      for (const emitted of await emit(mesh)) states.push([outcome.steps[0].name, emitted]);
    }
  }, 120_000);

  it.each(Object.entries(claims))('%s', (_sentence, holds) => {
    for (const [, emitted] of states) holds(emitted);
  });

  it('no operator writes older definitions over those of 1.10.3, at no time', () => {
    const told = states.map(([name, emitted]) => [
      name,
      ofKind(emitted, 'IstioOperator')
        .filter(({ spec }) => spec.components.pilot?.enabled)
        .map(({ spec }) => [spec.tag, spec.values.base?.enableIstioConfigCRDs ?? true]),
    ]);
    expect(told).toStrictEqual([
      [
        'retire-gateways',
        [
          ['1.10.3', true],
          ['1.9.5', false],
        ],
      ],
      ['retire-control-plane', [['1.9.5', false]]],
      ['retire-operator', [['1.9.5', false]]],
    ]);
  });
});
