import { describe, expect, it } from 'vitest';
import { abandonRevision } from '../../src/changes/abandon-revision.js';
import { addCluster } from '../../src/changes/change-cluster.js';
import { removeGateway } from '../../src/changes/change-gateway.js';
import { retireRevision } from '../../src/changes/retire-revision.js';
import { rollBack } from '../../src/changes/roll-back.js';
import { scaleUp } from '../../src/changes/scale-up.js';
import type { Outcome, Step } from '../../src/changes/step.js';
import type { Mesh } from '../../src/model/mesh.js';
import { diagrams } from '../../src/plan/diagram.js';
import { checkEdit } from '../../src/policy/edits.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { adoptedMesh } from '../support/adopted-mesh.js';
import { edited, of } from '../support/broken-meshes.js';

const start = aMesh({ gateways: ['ingress', 'egress'], clusters: ['production', 'staging'] });
const dark = upgraded(start, '1.10.3', 'workloads');
const ingress = 'istio-ingressgateway';
const egress = 'istio-egressgateway';
const raise = (mesh: Mesh, revision: string, pods: Record<string, number>) =>
  scaleUp(mesh, { cluster: 'production', revision, pods });
const minima = (mesh: Mesh) => mesh.clusters['production']?.minReplicas;

describe('scaling the gateways of a revision up', () => {
  it('raises the minima in that cluster, and moves nothing', () => {
    const [step, ...more] = stepsOf(raise(dark, '1-10-3', { [ingress]: 4, [egress]: 3 }));
    expect(more).toStrictEqual([]);
    expect(step?.mesh).toStrictEqual(
      edited(dark, (draft) => {
        of(draft.clusters, 'production').minReplicas = { [ingress]: { '1-10-3': 4 }, [egress]: { '1-10-3': 3 } };
      }),
    );
    expect(step?.title).toBe('Istio 1.10.3: scale up');
    expect(step?.body).toContain('4 of istio-ingressgateway, 3 of istio-egressgateway at least. No traffic moves.');
    expect(step?.body).toContain('The first step of retire gives this back.');
    expect(step?.before?.split('\n').filter((line) => line.includes('kubectl'))).toStrictEqual([
      '    kubectl -n istio-gateways get deployment istio-ingressgateway-1-10-3    # 4',
      '    kubectl -n istio-gateways get deployment istio-egressgateway-1-10-3    # 3',
    ]);
  });

  it('leaves the diagram as it is: what no picture shows tells no clusters apart', () => {
    const scaled = stepsOf(raise(dark, '1-10-3', { [ingress]: 4 }))[0]?.mesh ?? dark;
    expect(diagrams(scaled)).toBe(diagrams(dark));
    expect(diagrams(scaled)).toMatch(/^\*\*production, staging\*\*\n/);
  });

  it('raises the maximum where it is below, with room for growth; by hand it is one edit, too', () => {
    const raised = raise(dark, '1-10-3', { [ingress]: 7, [egress]: 3 });
    const mesh = last(raised);
    expect(Object.values(mesh.gateways).map(({ maxReplicas }) => maxReplicas)).toStrictEqual([14, undefined]);
    expect(stepsOf(raised)[0]?.body).toContain('; that stays. The first step of retire gives the minimum back.');
    expect(checkEdit(dark, mesh)).toStrictEqual([]);
  });

  it('never lowers what is there, and has no step where nothing is left to raise', () => {
    const high = last(raise(dark, '1-10-3', { [ingress]: 8 }));
    expect(stepsOf(raise(high, '1-10-3', { [ingress]: 8 }))).toStrictEqual([]);
    expect(stepsOf(raise(high, '1-10-3', { [ingress]: 3 }))).toStrictEqual([]);
    const both = last(raise(last(raise(high, '1-10-3', { [egress]: 3 })), '1-9-5', { [ingress]: 6 }));
    expect(minima(both)).toStrictEqual({ [ingress]: { '1-10-3': 8, '1-9-5': 6 }, [egress]: { '1-10-3': 3 } });
    expect(both.gateways[ingress]?.maxReplicas).toBe(16);
  });

  it('says of old gateways, which go back to serve, that a person takes it out again', () =>
    expect(stepsOf(raise(dark, '1-9-5', { [ingress]: 3 }))[0]?.body).toContain('when the load has gone down'));

  it('is refused for gateways that do not run there', () =>
    expect(raise(start, '1-8-6', { [ingress]: 3 })).toMatchObject({ problems: [{ rule: 'not-live' }] }));
});

describe('a raised minimum', () => {
  const raised = last(raise(last(raise(dark, '1-10-3', { [ingress]: 4 })), '1-9-5', { [ingress]: 3 }));
  const retired = (mesh: Mesh, revision: string) =>
    stepsOf(retireRevision(mesh, { revision, usage: 'unused', forced: new Set() }))[0];

  it('stays through default, which a rollback leads back from, and goes with the first part of the old revision', () => {
    const done = upgraded(raised, '1.10.3', 'default');
    expect(minima(done)).toStrictEqual({ [ingress]: { '1-10-3': 4, '1-9-5': 3 } });
    const step = retired(done, '1-9-5');
    expect(step?.mesh.clusters['production']).not.toHaveProperty('minReplicas');
    expect(step?.body).toContain('The raised minReplicas of gateways go: their autoscalers decide alone again.');
    // What is raised after that was raised for a reason of its own.
    const again = last(raise(step?.mesh ?? done, '1-10-3', { [ingress]: 5 }));
    expect(minima(retired(again, '1-9-5')?.mesh ?? done)).toStrictEqual({ [ingress]: { '1-10-3': 5 } });
  });

  it.each([
    ['by the steps', (mesh: Mesh) => retired(last(rollBack(mesh, { all: true })), '1-10-3')],
    ['at once', (mesh: Mesh) => stepsOf(abandonRevision(mesh))[0]],
  ])('goes with a new revision that is given up %s, and that of the old one stays', (_, giveUp) => {
    const step = giveUp(upgraded(raised, '1.10.3', 'cut'));
    expect(step?.mesh.clusters['production']?.minReplicas).toStrictEqual({ [ingress]: { '1-9-5': 3 } });
    expect(step?.body).not.toContain('minReplicas');
  });

  it('is given back by default where the old installation was adopted: nothing goes back to it, and its owner takes it away', () => {
    const adopting = edited(adoptedMesh('helm-unrevisioned'), (draft) => {
      for (const cluster of Object.values(draft.clusters)) cluster.minReplicas = { 'istio-ingress': { '1-18-7': 4 } };
    });
    expect(minima(upgraded(adopting, '1.18.7', 'cut'))).toBeDefined();
    expect(minima(upgraded(adopting, '1.18.7', 'default'))).toBeUndefined();
  });

  it('goes with its gateway, and is there in a cluster like that one', () => {
    const forced = new Set(['gateway-in-use', 'gateway-not-off']);
    expect(minima(last(removeGateway(raised, ingress, forced)))).toBeUndefined();
    const like = last(addCluster(raised, { name: 'asia', like: 'production', forced }));
    expect(like.clusters['asia']?.minReplicas).toStrictEqual(minima(raised));
  });
});

function stepsOf(outcome: Outcome): readonly Step[] {
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
  return outcome.steps;
}

function last(outcome: Outcome): Mesh {
  const mesh = stepsOf(outcome).at(-1)?.mesh;
  if (mesh === undefined) throw new Error('There was no step');
  return mesh;
}
