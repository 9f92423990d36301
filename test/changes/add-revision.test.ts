import { describe, expect, it } from 'vitest';
import { addRevision, type UpgradeRequest } from '../../src/changes/add-revision.js';
import { meshSchema } from '../../src/model/mesh.js';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { phaseNames } from '../../src/policy/phases.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { filesOf } from '../support/a-repository.js';
import { edited, of } from '../support/broken-meshes.js';

const start = aMesh({ clusters: ['staging', 'production'] });

describe('adding a revision', () => {
  it('is one step a phase, in order, up to the one that is asked for', () => {
    for (const [index, through] of phaseNames.entries())
      expect(names(ask({ through }))).toStrictEqual(phaseNames.slice(0, index + 1));
  });

  it('goes on from wherever each cluster is, and comes to an end', () => {
    const staging = steps(ask({ clusters: ['staging'], through: 'blend' })).at(-1)?.mesh ?? start;
    const rest = steps(ask({ through: 'default' }, staging));
    expect(rest.map(({ name }) => name)).toStrictEqual(phaseNames);
    expect(rest[0]?.body).toContain('\n\nClusters: production');
    expect(rest[3]?.body).toContain('\n\nClusters: staging, production');
    expect(steps(ask({ through: 'default' }, rest.at(-1)?.mesh))).toStrictEqual([]);
  });

  it('says that the Sail Operator goes up where it does, and nowhere else', () => {
    const added = (install: 'helm' | 'sail') =>
      steps(ask({ version: '1.30.3', install: 'sail', through: 'add' }, aMesh({ version: '1.29.6', install })))[0]
        ?.body;
    expect(added('helm')).toContain('go to 1.30.3 in the whole cluster');
    expect(added('sail')).not.toContain('Sail Operator');
  });

  it('by another method leaves what the operators watch as it is: one that restarts puts its definitions back', () => {
    const before = aMesh({ version: '1.23.6', controlPlaneNamespaces: 'per-revision' });
    const after = steps(ask({ version: '1.24.6', install: 'helm', through: 'add' }, before))[0]?.mesh ?? before;
    const watched = 'clusters/production/2-operators/watched-namespaces.patch.yaml';
    expect(filesOf(after).get('clusters/production/2-operators/base.yaml')).toBeDefined();
    expect(filesOf(before).get(watched)).toContain('istio-system-1-23-6');
    expect(filesOf(after).get(watched)).toBe(filesOf(before).get(watched));
  });

  it('never blends again what was cut', () => {
    const cut = upgraded(start, '1.10.3', 'cut');
    expect(names(ask({ through: 'default' }, cut))).toStrictEqual(['default']);
  });

  it('comes to the same mesh in one go, phase by phase, and cluster by cluster', () => {
    const whole = steps(ask({ through: 'default' })).at(-1)?.mesh;
    const byPhase = phaseNames.reduce((mesh, phase) => upgraded(mesh, '1.10.3', phase), start);
    const byCluster = ['staging', 'production'].reduce(
      (mesh, cluster) => steps(ask({ clusters: [cluster], through: 'default' }, mesh)).at(-1)?.mesh ?? mesh,
      start,
    );
    expect(byPhase).toStrictEqual(whole);
    expect(byCluster).toStrictEqual(whole);
  });

  it('leads only to meshes that may be written in istio-prod.yaml', () => {
    for (const request of [{}, { gateways: 'operator' as const }, { clusters: ['staging'] }]) {
      for (const { mesh, name } of steps(ask({ ...request, through: 'default' }))) {
        expect(checkMesh(mesh), name).toStrictEqual([]);
        expect(meshSchema.parse(mesh), name).toStrictEqual(mesh);
      }
    }
  });

  it('leaves what it was given as it was', () => {
    const copy = structuredClone(start);
    ask({ through: 'default' });
    expect(start).toStrictEqual(copy);
  });

  it.each([
    ['a name that Kubernetes does not take', { version: '1.10.3-RC.1' }, start],
    [
      'a Deployment name that is too long with this version',
      { version: '1.10.3' },
      edited(start, (draft) => {
        const name = `istio-${'g'.repeat(40)}`;
        draft.gateways = { [name]: { kind: 'ingress' } };
        for (const cluster of Object.values(draft.clusters)) cluster.serves = { [name]: ['1-9-5'] };
      }),
    ],
  ])('is refused where the result would be refused: %s', (_, request, mesh) => {
    expect(checkMesh(mesh)).toStrictEqual([]);
    expect(ask(request, mesh)).toHaveProperty('problems');
  });

  it.each<readonly [string, Partial<UpgradeRequest>, string[]]>([
    ['skips a minor', { version: '1.11.8' }, ['skip-minor', 'skip-minor']],
    ['skips a minor in one of the clusters', { version: '1.11.8', clusters: ['staging'] }, ['skip-minor']],
    ['goes back', { version: '1.9.4' }, ['downgrade', 'downgrade']],
    ['is no version', { version: 'latest' }, ['invalid-version']],
    ['names no cluster', { clusters: ['nowhere', 'staging', 'never'] }, ['unknown-cluster', 'unknown-cluster']],
    [
      'asks a method for what it cannot install',
      { version: '1.24.6', forced: new Set(['skip-minor']) },
      ['install-version'],
    ],
  ])('is refused where it %s', (_, request, rules) => {
    const outcome = ask(request);
    expect('problems' in outcome && outcome.problems.map(({ rule }) => rule)).toStrictEqual(rules);
  });

  it('is refused for a third live revision, also where the second does not serve yet', () => {
    const outcome = ask({ version: '1.10.6' }, upgraded(start, '1.10.3', 'add'));
    expect('problems' in outcome && outcome.problems.map(({ rule }) => rule)).toStrictEqual([
      'third-revision',
      'third-revision',
    ]);
  });

  it('lets a person break one rule by its name, and no other', () => {
    expect(names(ask({ version: '1.11.8', forced: new Set(['skip-minor']) }))).toContain('add');
    expect(ask({ version: '1.11.8', forced: new Set(['downgrade']) })).toHaveProperty('problems');
    expect(ask({ version: 'latest', forced: new Set(['invalid-version']) })).toHaveProperty('problems');
  });

  it('takes the method of the newest revision, and injected gateways where that version can', () => {
    expect(of(steps(ask({}))[0]?.mesh.revisions ?? {}, '1-10-3')).toStrictEqual({
      version: '1.10.3',
      install: 'operator',
      gateways: 'injected',
    });
  });
});

function ask(request: Partial<UpgradeRequest>, mesh = start) {
  return addRevision(mesh, { version: '1.10.3', through: 'cut', forced: new Set(), ...request });
}

function steps(outcome: ReturnType<typeof ask>) {
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
  return outcome.steps;
}

function names(outcome: ReturnType<typeof ask>): string[] {
  return steps(outcome).map(({ name }) => name);
}
