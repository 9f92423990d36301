import { describe, expect, it } from 'vitest';
import { bringsDefinitions } from '../../src/catalog/definitions.js';
import { addRevision, type UpgradeRequest } from '../../src/changes/add-revision.js';
import { addCluster } from '../../src/changes/change-cluster.js';
import { retireRevision } from '../../src/changes/retire-revision.js';
import { rollBack } from '../../src/changes/roll-back.js';
import type { Outcome } from '../../src/changes/step.js';
import type { Cluster, Mesh } from '../../src/model/mesh.js';
import { clusterOf } from '../../src/model/revision.js';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { checkEdit } from '../../src/policy/edits.js';
import { aMesh } from '../support/a-mesh.js';
import { edited, of } from '../support/broken-meshes.js';

const forced = new Set(['usage-unknown', 'downgrade']);
const add = (mesh: Mesh, version: string, more: Partial<UpgradeRequest> = {}) =>
  last(addRevision(mesh, { version, through: 'add', forced, ...more }));
/** The mesh without a revision that nothing uses, after all steps of retire. */
function gone(mesh: Mesh, revision: string): Mesh {
  let current = mesh;
  while (current.revisions[revision] !== undefined)
    current = last(retireRevision(current, { revision, usage: 'unused', forced }));
  return current;
}
const definitions = (mesh: Mesh) => {
  const { crds, base, sail } = clusterOf(mesh, 'production');
  return { crds, base, sail, by: bringsDefinitions(mesh, clusterOf(mesh, 'production')) };
};
const brought = (by: string) => ({ crds: undefined, base: undefined, sail: undefined, by });
const left = (crds: string) => ({ crds, base: 'operator', sail: undefined, by: undefined });

const start = aMesh({ version: '1.10.3' });
const givenUp = gone(add(start, '1.11.8'), '1-11-8');

describe('the definitions of an operator that goes', () => {
  it('stay, and the older one leaves them alone', () => {
    expect(definitions(start)).toStrictEqual(brought('1-10-3'));
    expect(definitions(add(start, '1.11.8'))).toStrictEqual(brought('1-11-8'));
    expect(definitions(givenUp)).toStrictEqual(left('1.11.8'));
    expect(checkMesh(givenUp)).toStrictEqual([]);
  });

  it('are nothing to remember where a newer one stays', () => {
    const done = last(addRevision(start, { version: '1.11.8', through: 'default', forced }));
    expect(definitions(gone(done, '1-10-3'))).toStrictEqual(brought('1-11-8'));
  });

  it('are brought again by the next operator that has them or newer ones', () => {
    for (const version of ['1.11.8', '1.11.9']) {
      const again = add(givenUp, version);
      expect(definitions(again)).toStrictEqual(brought(version.replaceAll('.', '-')));
      expect(
        definitions(last(rollBack(last(addRevision(again, { version, through: 'default', forced })), { all: true }))),
      ).toStrictEqual(definitions(again));
    }
    const older = add(givenUp, '1.11.7');
    expect(definitions(older)).toStrictEqual(left('1.11.8'));
    expect(definitions(gone(older, '1-11-7'))).toStrictEqual(left('1.11.8'));
    const settled = gone(last(addRevision(older, { version: '1.11.7', through: 'default', forced })), '1-10-3');
    expect(definitions(settled)).toStrictEqual(left('1.11.8'));
    expect(definitions(add(settled, '1.12.9'))).toStrictEqual(brought('1-12-9'));
  });

  it('are those of the newer version where a forced downgrade is done', () => {
    const down = last(addRevision(start, { version: '1.10.2', through: 'default', forced }));
    expect(definitions(down)).toStrictEqual(brought('1-10-3'));
    expect(definitions(gone(down, '1-10-3'))).toStrictEqual(left('1.10.3'));
  });

  it('are not brought to a new cluster, where the operator brings its own', () => {
    const mesh = last(addCluster(givenUp, { name: 'asia', forced }));
    expect(bringsDefinitions(mesh, clusterOf(mesh, 'asia'))).toBe('1-10-3');
    expect(clusterOf(mesh, 'asia')).not.toHaveProperty('crds');
    const charts = aMesh({ version: '1.30.5', install: 'helm' });
    expect(clusterOf(last(addCluster(charts, { name: 'asia', forced })), 'asia').crds).toBe('1.30.5');
  });
});

describe('definitions that operators left, beside charts', () => {
  const old = gone(add(aMesh({ version: '1.21.6' }), '1.22.8'), '1-22-8');

  it('go to the charts with the next revision that they install, at the newer of both versions', () => {
    expect(definitions(add(old, '1.22.5', { install: 'helm' }))).toStrictEqual({
      crds: '1.22.8',
      base: undefined,
      sail: undefined,
      by: undefined,
    });
    expect(definitions(add(old, '1.22.8', { install: 'helm', render: true }))).toMatchObject({
      crds: '1.22.8',
      base: 'rendered',
    });
    const sail = add(gone(add(aMesh({ version: '1.23.4' }), '1.23.6'), '1-23-6'), '1.24.6', { install: 'sail' });
    expect(definitions(sail)).toStrictEqual({ crds: undefined, base: undefined, sail: '1.27.3', by: undefined });
  });

  it('stay with the charts that brought them, whoever goes', () => {
    const charts = add(aMesh({ version: '1.21.6' }), '1.22.8', { install: 'helm' });
    expect(definitions(charts)).toMatchObject({ crds: '1.22.8', base: undefined, by: undefined });
    expect(definitions(gone(charts, '1-22-8'))).toMatchObject({ crds: '1.22.8', base: undefined, by: undefined });
  });

  it('go up by the charts that brought them with a revision by an operator, which leaves them alone', () => {
    const charts = aMesh({ version: '1.22.8', install: 'helm' });
    const outcome = addRevision(charts, { version: '1.23.6', install: 'operator', through: 'add', forced });
    expect(definitions(last(outcome))).toMatchObject({ crds: '1.23.6', base: undefined, by: undefined });
    expect('steps' in outcome && outcome.steps[0]?.body).toContain("Istio's CustomResourceDefinitions go to 1.23.6");
    expect('steps' in outcome && outcome.steps[0]?.body).toContain(
      'all operators leave the CustomResourceDefinitions to the chart.',
    );
    const behind = edited(last(outcome), (draft) => {
      of(draft.clusters, 'production').crds = '1.22.8';
    });
    expect(checkMesh(behind)).toMatchObject([{ rule: 'crds-behind', fix: 'Set crds: 1.23.6' }]);
  });

  it.each<[string, Partial<Cluster>, string, string]>([
    ['with charts beside them', { crds: '1.22.8', base: 'operator' }, 'charts-mixed', 'Take base out'],
    ['without a version', { base: 'operator' }, 'invalid-version', 'Set crds: 1.22.8'],
  ])('are refused %s', (_, how, rule, fix) => {
    const { crds: _crds, ...rest } = clusterOf(aMesh({ version: '1.22.8', install: 'helm' }), 'production');
    const mesh = { ...aMesh({ version: '1.22.8', install: 'helm' }), clusters: { production: { ...rest, ...how } } };
    expect(checkMesh(mesh)).toContainEqual(expect.objectContaining({ rule, fix }));
  });
});

describe('an edit by hand', () => {
  const rules = (before: Mesh, after: Mesh) => checkEdit(before, after).map(({ rule }) => rule);

  it('may not let an older operator put its definitions back', () => {
    const forgot = edited(givenUp, (draft) => {
      delete of(draft.clusters, 'production').crds;
      delete of(draft.clusters, 'production').base;
    });
    expect(checkEdit(givenUp, forgot)).toMatchObject([
      {
        rule: 'crds-back',
        message: /of 1\.10\.3, and has had those of 1\.11\.8/,
        fix: /^Let clusters\.production say crds: 1\.11\.8 and base: operator\./,
        forcible: true,
      },
    ]);
    let going = add(start, '1.11.8');
    while (clusterOf(going, 'production').retiring?.['1-11-8'] !== 'control-plane')
      going = last(retireRevision(going, { revision: '1-11-8', usage: 'unused', forced }));
    const byHand = edited(going, (draft) => {
      of(draft.clusters, 'production').revisions = ['1-10-3'];
      delete of(draft.clusters, 'production').retiring;
    });
    expect(rules(going, byHand)).toStrictEqual(['crds-back']);
    expect(rules(going, givenUp)).toStrictEqual([]);
  });

  it.each<[string, Partial<UpgradeRequest>, (keyof Cluster)[], string]>([
    ['charts', { install: 'helm' }, ['crds'], 'crds: 1.22.8.'],
    ['rendered charts', { install: 'helm', render: true }, ['crds', 'base'], 'crds: 1.22.8 and base: rendered.'],
  ])('is told to keep what %s have brought as it was', (_, how, keys, says) => {
    const brought = gone(add(aMesh({ version: '1.21.6' }), '1.22.8', how), '1-22-8');
    const forgot = edited(brought, (draft) => {
      for (const key of keys) delete of(draft.clusters, 'production')[key];
    });
    expect(checkEdit(brought, forgot)).toMatchObject([
      { rule: 'crds-back', fix: expect.stringContaining(`Let clusters.production say ${says} Where`) },
    ]);
  });

  it('may say that there are newer ones', () => {
    const told = edited(start, (draft) => {
      Object.assign(of(draft.clusters, 'production'), { crds: '1.11.2', base: 'operator' });
    });
    expect(checkMesh(told)).toStrictEqual([]);
    expect(rules(start, told)).toStrictEqual([]);
    expect(definitions(told)).toStrictEqual(left('1.11.2'));
  });
});

function last(outcome: Outcome): Mesh {
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
  const mesh = outcome.steps.at(-1)?.mesh;
  if (mesh === undefined) throw new Error('There was no step');
  return mesh;
}
