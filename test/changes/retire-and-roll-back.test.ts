import { describe, expect, it } from 'vitest';
import { retireRevision } from '../../src/changes/retire-revision.js';
import { rollBack } from '../../src/changes/roll-back.js';
import type { Outcome } from '../../src/changes/step.js';
import type { Mesh } from '../../src/model/mesh.js';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { phaseNames } from '../../src/policy/phases.js';
import { aMesh, upgraded } from '../support/a-mesh.js';

const start = aMesh({ gateways: ['ingress', 'egress'], clusters: ['staging', 'production'] });
const forced: ReadonlySet<string> = new Set();

describe('rolling back', () => {
  it.each(phaseNames)('everything from %s leads to the mesh after add, the new revision dark', (phase) => {
    const steps = stepsOf(rollBack(upgraded(start, '1.10.3', phase), { all: true }));
    for (const { mesh, name } of steps) expect(checkMesh(mesh), name).toStrictEqual([]);
    expect(steps.at(-1)?.mesh ?? upgraded(start, '1.10.3', phase)).toStrictEqual(upgraded(start, '1.10.3', 'add'));
  });

  it('one phase after the other is the reverse of the way there', () => {
    let mesh = upgraded(start, '1.10.3', 'default');
    for (const phase of ['cut', 'blend', 'workloads', 'add'] as const) {
      mesh = last(rollBack(mesh, { all: false }));
      expect(mesh).toStrictEqual(upgraded(start, '1.10.3', phase));
    }
    expect(stepsOf(rollBack(mesh, { all: true }))).toStrictEqual([]);
  });

  it('and forward again ends where forward ended', () => {
    const there = upgraded(start, '1.10.3', 'default');
    expect(upgraded(last(rollBack(there, { all: true })), '1.10.3', 'default')).toStrictEqual(there);
  });

  it('touches only the clusters that are asked for, which must be there', () => {
    const before = upgraded(start, '1.10.3', 'cut');
    const after = last(rollBack(before, { all: true, clusters: ['staging'] }));
    expect(after.clusters['production']).toStrictEqual(before.clusters['production']);
    expect(rulesOf(rollBack(before, { all: true, clusters: ['nowhere'] }))).toStrictEqual(['unknown-cluster']);
  });
});

describe('retiring', () => {
  const done = upgraded(start, '1.10.3', 'default');
  const retire = (mesh: Mesh, more: Partial<Parameters<typeof retireRevision>[1]> = {}) =>
    retireRevision(mesh, { revision: '1-9-5', usage: 'unused', forced, ...more });

  it('takes gateways, control plane and operator in three steps, and then the revision is gone', () => {
    const { names, mesh } = retireAll(upgraded(aMesh({ version: '1.10.3' }), '1.11.8', 'default'), '1-10-3');
    expect(names).toStrictEqual(['retire-gateways', 'retire-control-plane', 'retire-operator']);
    expect(Object.keys(mesh.revisions)).toStrictEqual(['1-11-8']);
    expect(mesh.clusters['production']).not.toHaveProperty('retiring');
  });

  it('names the cluster in the way out, so that no other one goes along', () => {
    const fixes = (outcome: Outcome) => ('problems' in outcome ? outcome.problems.map(({ fix }) => fix) : []);
    const cut = upgraded(start, '1.10.3', 'cut');
    expect(fixes(retire(cut))).toStrictEqual(
      ['staging', 'production'].map(
        (name) =>
          `Carry the upgrade to its end first: yo istio-prod:revision 1.10.3 --through default --cluster ${name}`,
      ),
    );
    expect(fixes(retire(cut, { revision: '1-10-3', clusters: ['staging'] }))).toStrictEqual([
      'Go back first: yo istio-prod:rollback --all --cluster staging, or --broken where it does not work',
    ]);
    const alone = upgraded(aMesh(), '1.10.3', 'cut');
    expect(fixes(retire(alone)).join()).not.toContain('--cluster');
  });

  it('switches gateways off first where their operator would leave the pods behind', () => {
    const { names, mesh } = retireAll(done, '1-9-5');
    expect(names).toStrictEqual(['retire-gateway-pods', 'retire-gateways', 'retire-control-plane', 'retire-operator']);
    expect(Object.keys(mesh.revisions)).toStrictEqual(['1-10-3']);
    const later = aMesh({ version: '1.10.6', gatewayInstall: 'operator' });
    expect(retireAll(upgraded(later, '1.11.8', 'default'), '1-10-6').names[0]).toBe('retire-gateways');
  });

  /** Every step until nothing is left. */
  function retireAll(from: Mesh, revision: string): { names: string[]; mesh: Mesh } {
    let mesh = from;
    const names: string[] = [];
    while (mesh.revisions[revision] !== undefined) {
      const [step] = stepsOf(retire(mesh, { revision }));
      if (step === undefined) break;
      names.push(step.name);
      mesh = step.mesh;
      expect(checkMesh(mesh), step.name).toStrictEqual([]);
    }
    return { names, mesh };
  }

  it('says which proxies may still be there, and how to find what stayed behind', () => {
    const words = (from: Mesh, revision: string, gone: 'gateway-pods' | 'gateways' | undefined) => {
      const clusters = Object.fromEntries(
        Object.entries(from.clusters).map(([name, cluster]) => [
          name,
          gone === undefined ? cluster : { ...cluster, retiring: { [revision]: gone } },
        ]),
      );
      return stepsOf(retire({ ...from, clusters }, { revision }))[0]?.before;
    };
    const newer = upgraded(aMesh({ version: '1.11.8' }), '1.12.9', 'default');
    expect(words(done, '1-9-5', undefined)).toContain('kubectl get pods -A -l istio,version=1_9_5');
    expect(words(done, '1-9-5', 'gateway-pods')).toContain('istioctl proxy-status --istioNamespace istio-system');
    expect(words(done, '1-9-5', 'gateway-pods')).toContain('rollout restart deployment istio-operator-1-10-3');
    expect(words(done, '1-9-5', 'gateways')).toContain('kubectl delete deployment,');
    expect(words(newer, '1-11-8', undefined)).not.toContain('rollout restart deployment istio-operator');
    expect(words(newer, '1-11-8', 'gateways')).not.toContain('kubectl delete');
  });

  it.each(phaseNames.filter((phase) => phase !== 'default'))('is refused while anything uses it: after %s', (phase) => {
    const rules = rulesOf(retire(upgraded(start, '1.10.3', phase)));
    expect(rules).toStrictEqual(['revision-in-use', 'revision-in-use']);
  });

  it('is refused where nobody knows whether the clusters use it, unless that rule is forced', () => {
    expect(rulesOf(retire(done, { usage: 'unknown' }))).toStrictEqual(['usage-unknown']);
    expect(stepsOf(retire(done, { usage: 'unknown', forced: new Set(['usage-unknown']) }))).toHaveLength(1);
    const inUse = upgraded(start, '1.10.3', 'blend');
    expect(
      rulesOf(retire(inUse, { usage: 'unknown', forced: new Set(['usage-unknown', 'revision-in-use']) })),
    ).toContain('revision-in-use');
  });

  it('of a revision that is not there, or in a cluster that is not, is refused', () => {
    expect(rulesOf(retire(done, { revision: '1-8-0' }))).toStrictEqual(['unknown-revision']);
    expect(rulesOf(retire(done, { clusters: ['nowhere'] }))).toStrictEqual(['unknown-cluster']);
  });

  it('in one cluster leaves the revision to the others', () => {
    let mesh = done;
    for (let step = 0; step < 4; step++) mesh = last(retire(mesh, in1));
    expect(mesh.clusters['staging']?.revisions).toStrictEqual(['1-10-3']);
    expect(mesh.clusters['production']).toStrictEqual(done.clusters['production']);
    expect(Object.keys(mesh.revisions)).toStrictEqual(['1-9-5', '1-10-3']);
  });
  const in1 = { clusters: ['staging'] };
});

function stepsOf(outcome: Outcome) {
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
  return outcome.steps;
}

function last(outcome: Outcome): Mesh {
  const mesh = stepsOf(outcome).at(-1)?.mesh;
  if (mesh === undefined) throw new Error('There was nothing to do');
  return mesh;
}

function rulesOf(outcome: Outcome): string[] {
  return 'problems' in outcome ? outcome.problems.map(({ rule }) => rule) : [];
}
