import { describe, expect, it } from 'vitest';
import { abandonRevision } from '../../src/changes/abandon-revision.js';
import { addRevision } from '../../src/changes/add-revision.js';
import { addCluster } from '../../src/changes/change-cluster.js';
import { moveTag } from '../../src/changes/move-tag.js';
import { retireRevision } from '../../src/changes/retire-revision.js';
import { rollBack } from '../../src/changes/roll-back.js';
import type { Outcome, Step } from '../../src/changes/step.js';
import type { Mesh } from '../../src/model/mesh.js';
import { restartCommits } from '../../src/plan/restarts.js';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { checkEdit } from '../../src/policy/edits.js';
import { phasesOf } from '../../src/policy/phases.js';
import { progressOf } from '../../src/policy/progress.js';
import { afterMove } from '../../src/policy/waves.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { adoptedMesh } from '../support/adopted-mesh.js';
import { edited, of } from '../support/broken-meshes.js';

const forced: ReadonlySet<string> = new Set();

/** Two tags in a wave each; the cluster production restarts by commits, and the cluster asia by commands. */
const start = edited(aMesh({ clusters: ['production', 'asia'] }), (draft) => {
  draft.upgrade.waves = [{ tag: 'canary', namespaces: ['shop'] }];
  for (const cluster of Object.values(draft.clusters)) cluster.tags = { prod: '1-9-5', canary: '1-9-5' };
  of(draft.clusters, 'production').restarted = { prod: '1-9-5', canary: '1-9-5' };
});

function stepsOf(outcome: Outcome): readonly Step[] {
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
  return outcome.steps;
}

const titles = (steps: readonly Step[]) => steps.map(({ title }) => title);
const forward = stepsOf(addRevision(start, { version: '1.10.3', through: 'workloads', forced }));
const [added, tagMoved, restarted] = forward.map(({ mesh }) => mesh) as [Mesh, Mesh, Mesh];
const there = forward.at(-1)?.mesh ?? start;
const state = (mesh: Mesh) => {
  const { tags, restarted: entries = {} } = of(mesh.clusters, 'production');
  return `${tags['canary']} ${entries['canary']}, ${tags['prod']} ${entries['prod']}`;
};
const rules = (problems: readonly { readonly rule: string }[]) => problems.map(({ rule }) => rule);

describe('a wave of workloads that commits restart', () => {
  it('is its tag first, and the restarts after it', () => {
    expect(titles(forward)).toStrictEqual([
      'Istio 1.10.3: add',
      'Istio 1.10.3: workloads canary',
      'Istio 1.10.3: workloads canary (restarts)',
      'Istio 1.10.3: workloads',
      'Istio 1.10.3: workloads (restarts)',
    ]);
    expect(forward.map(({ mesh }) => state(mesh))).toStrictEqual([
      '1-9-5 1-9-5, 1-9-5 1-9-5',
      '1-10-3 1-9-5, 1-9-5 1-9-5',
      '1-10-3 1-10-3, 1-9-5 1-9-5',
      '1-10-3 1-10-3, 1-10-3 1-9-5',
      '1-10-3 1-10-3, 1-10-3 1-10-3',
    ]);
    expect(forward.map(({ name }) => name)).toStrictEqual(['add', ...Array(4).fill('workloads')]);
  });

  it('goes back wave by wave, each with its tag first, to the very mesh that add left', () => {
    const back = stepsOf(rollBack(there, { all: true }));
    expect(titles(back)).toStrictEqual([
      'Istio: roll back workloads',
      'Istio: roll back workloads (restarts)',
      'Istio: roll back workloads canary',
      'Istio: roll back workloads canary (restarts)',
    ]);
    expect(back.map(({ mesh }) => state(mesh))).toStrictEqual([
      '1-10-3 1-10-3, 1-9-5 1-10-3',
      '1-10-3 1-10-3, 1-9-5 1-9-5',
      '1-9-5 1-10-3, 1-9-5 1-9-5',
      '1-9-5 1-9-5, 1-9-5 1-9-5',
    ]);
    expect(back.at(-1)?.mesh).toStrictEqual(added);
    expect(titles(stepsOf(rollBack(there, { all: false })))).toStrictEqual(titles(back).slice(0, 2));
  });

  it('goes on from between its two commits, in both directions', () => {
    const [first] = stepsOf(rollBack(there, { all: false }));
    const half = first?.mesh ?? there;
    expect(titles(stepsOf(rollBack(half, { all: false })))).toStrictEqual(['Istio: roll back workloads (restarts)']);
    expect(titles(stepsOf(addRevision(half, { version: '1.10.3', through: 'workloads', forced })))).toStrictEqual([
      'Istio 1.10.3: workloads',
    ]);
    expect(titles(stepsOf(rollBack(tagMoved, { all: true })))).toStrictEqual(['Istio: roll back workloads canary']);
  });

  it('is not there where commands restart all', () => {
    const plain = edited(start, ({ clusters }) => {
      delete of(clusters, 'production').restarted;
    });
    expect(phasesOf(plain).filter((phase) => phase.restarts)).toStrictEqual([]);
  });

  it('is progress of the clusters that have it', () => {
    expect(progressOf(tagMoved, 'production')).toMatchObject({ reached: 'workloads canary' });
    expect(progressOf(tagMoved, 'production')?.left.slice(0, 3)).toStrictEqual([
      'workloads canary (restarts)',
      'workloads',
      'workloads (restarts)',
    ]);
    expect(progressOf(tagMoved, 'asia')?.left.slice(0, 2)).toStrictEqual(['workloads', 'blend']);
    expect(progressOf(restarted, 'production')).toMatchObject({ reached: 'workloads canary (restarts)' });
    expect(progressOf(restarted, 'asia')).toMatchObject({ reached: 'workloads canary' });
  });

  it('says what is true of the clusters that it changes, and of no other', () => {
    const here = edited(start, ({ clusters }) => {
      delete of(clusters, 'asia').tags['canary'];
    });
    const ask = { version: '1.10.3', through: 'workloads', forced } as const;
    for (const { before } of stepsOf(addRevision(here, { ...ask, clusters: ['production'] })))
      expect(before).not.toContain('restart by commands');
    const there = stepsOf(
      addRevision(
        edited(here, ({ upgrade }) => void upgrade.waves.splice(0)),
        { ...ask, clusters: ['asia'] },
      ),
    );
    expect(there.at(-1)?.body).toContain('The revision tag prod names 1-10-3 now.');
    const moved = stepsOf(moveTag(added, { tag: 'prod', revision: '1-10-3', clusters: ['production'], forced }));
    expect(moved[0]?.before).not.toContain('restart by commands');
    const given = stepsOf(abandonRevision(there.at(-1)?.mesh ?? here, ['asia']));
    expect(given[0]?.before).not.toContain('The next commit');
  });

  it('says what a namespace on a new tag includes, where a component restarts it', () => {
    const saying = (clusters: string[]) =>
      stepsOf(moveTag(start, { tag: 'late', revision: '1-9-5', clusters, forced }))[0]?.before;
    expect(saying(['production'])).toContain('includes clusters/<cluster>/restarts/late from then on, and no other:');
    expect(saying(['asia'])).not.toContain('component');
  });

  it('on a revision that does not run is refused once a cluster, also beside a wrong name', () => {
    const problems = (tag: string) => {
      const outcome = moveTag(start, { tag, revision: '1-99-9', forced });
      return 'problems' in outcome ? outcome.problems.map(({ rule, message }) => `${rule}: ${message}`) : [];
    };
    const notLive = ['production', 'asia'].map((name) =>
      expect.stringMatching(`^not-live: Cluster ${name} has the tag`),
    );
    expect(problems('late')).toStrictEqual(notLive);
    expect(problems('Late_')).toStrictEqual([expect.stringMatching('^invalid-name'), ...notLive]);
  });

  it('says where there is no tag yet, and the runbook shows no line to add', () => {
    const plain = edited(aMesh(), ({ clusters }) => void Object.assign(of(clusters, 'production'), { tags: {} }));
    const [step] = stepsOf(addCluster(plain, { name: 'production', restarts: 'commits', forced }));
    expect(step?.body).toContain('There is none yet: what follows the default tag restarts by commands.');
    expect(step?.before).toBeUndefined();
    expect(restartCommits(step?.mesh ?? plain)).toBe(restartCommits(plain));
    expect(restartCommits(start)).toContain('components: [../../clusters/production/restarts/prod]');
  });

  it('says in ambient mode whom it is for', () => {
    const plain = edited(aMesh({ version: '1.26.4', install: 'helm', dataPlane: 'ambient' }), () => {});
    const said = (mesh: Mesh) => {
      const [name = ''] = Object.keys(mesh.clusters);
      return stepsOf(addCluster(mesh, { name, restarts: 'commits', forced }))
        .map(({ before }) => before)
        .join();
    };
    expect(said(plain)).toMatch(/^What ztunnel serves follows without a restart/);
    expect(said(edited(plain, (draft) => void delete draft.dataPlane))).toMatch(/^Add one line/);
  });

  it('says of its way back, too, that pods restart', () => {
    const [tag, restarts] = stepsOf(rollBack(there, { all: false }));
    expect(tag?.body).toMatch(/^The reverse edit of the phase workloads/);
    expect(restarts?.body).toMatch(/^The workloads on prod restart: .* is rolled out by its own strategy/);
  });

  it('says what restarts where: a commit, commands, or nothing', () => {
    const only = (mesh: Mesh, name: string) => ({ ...mesh, clusters: { [name]: of(mesh.clusters, name) } });
    const written = afterMove(only(tagMoved, 'production'), ['canary']);
    expect(written).toContain('kubectl get mutatingwebhookconfiguration istio-revision-tag-canary -L istio.io/rev');
    expect(written).not.toContain('rollout restart');
    expect(afterMove(only(tagMoved, 'asia'), ['canary'])).toBe(
      'Restart the workloads namespace by namespace, and look after each:\n\n    kubectl -n shop rollout restart deployment,statefulset,daemonset',
    );
    expect(afterMove(tagMoved, ['canary'])).toMatch(/The next commit restarts.*Those in asia restart by commands\./s);
    expect(afterMove(tagMoved, ['canary', 'default'])).toMatch(/The others restart by commands\./);
    expect(afterMove(only(restarted, 'production'), ['canary'])).toMatch(/^No commit has to restart them\./);
    const without = edited(tagMoved, ({ clusters }) => {
      delete of(clusters, 'asia').tags['canary'];
    });
    expect(afterMove(without, ['canary'])).toBe(written);
  });
});

describe('a tag alone', () => {
  it('that is new starts with its revision, and one that moves restarts in a second commit', () => {
    const [made, ...none] = stepsOf(moveTag(there, { tag: 'new', revision: '1-9-5', forced }));
    expect(none).toStrictEqual([]);
    expect(of(made?.mesh.clusters ?? {}, 'production').restarted).toMatchObject({ new: '1-9-5' });
    expect(of(made?.mesh.clusters ?? {}, 'asia').restarted).toBeUndefined();

    const moved = stepsOf(moveTag(there, { tag: 'prod', revision: '1-9-5', forced }));
    expect(titles(moved)).toStrictEqual(['Istio: tag prod names 1-9-5', 'Istio: restart the workloads on tag prod']);
    expect(moved.map(({ mesh }) => state(mesh).split(', ')[1])).toStrictEqual(['1-9-5 1-10-3', '1-9-5 1-9-5']);
  });

  it('that goes takes its component along, where nothing includes it', () => {
    const request = { tag: 'prod', revision: undefined };
    const refused = moveTag(start, { ...request, forced: new Set(['tag-in-use']) });
    expect('problems' in refused && rules(refused.problems)).toStrictEqual(['restarts-in-use']);
    const [gone] = stepsOf(moveTag(start, { ...request, forced: new Set(['tag-in-use', 'restarts-in-use']) }));
    expect(of(gone?.mesh.clusters ?? {}, 'production').restarted).toStrictEqual({ canary: '1-9-5' });
  });
});

describe('a cluster', () => {
  it('begins with what each tag names, and a new one like it too', () => {
    const [begun] = stepsOf(addCluster(tagMoved, { name: 'asia', restarts: 'commits', forced }));
    expect(of(begun?.mesh.clusters ?? {}, 'asia').restarted).toStrictEqual({ prod: '1-9-5', canary: '1-10-3' });
    expect(begun?.before).toContain('components: [../../clusters/asia/restarts/prod]');
    const [like] = stepsOf(addCluster(tagMoved, { name: 'europe', like: 'production', forced }));
    expect(of(like?.mesh.clusters ?? {}, 'europe').restarted).toStrictEqual({ prod: '1-9-5', canary: '1-10-3' });
    expect(stepsOf(addCluster(start, { name: 'production', restarts: 'commits', forced }))).toStrictEqual([]);
  });

  it('names the folder of the mesh where that is not the top of the repository', () => {
    const deeper = { ...start, repository: { ...start.repository, path: 'platform/mesh' } };
    const [begun] = stepsOf(addCluster(deeper, { name: 'asia', restarts: 'commits', forced }));
    expect(begun?.before).toContain('components: [../../platform/mesh/clusters/asia/restarts/prod]');
  });

  it('goes back to commands only by force, since kustomizations may include the component', () => {
    const outcome = addCluster(start, { name: 'production', restarts: 'commands', forced });
    expect('problems' in outcome && rules(outcome.problems)).toStrictEqual(['restarts-in-use', 'restarts-in-use']);
    const [step] = stepsOf(
      addCluster(start, { name: 'production', restarts: 'commands', forced: new Set(['restarts-in-use']) }),
    );
    expect(of(step?.mesh.clusters ?? {}, 'production').restarted).toBeUndefined();
  });
});

it('an adopted installation keeps its own tags, so nothing restarts on the way from it, nor back', () => {
  const mesh = edited(adoptedMesh('istioctl'), ({ clusters }) => {
    for (const cluster of Object.values(clusters)) cluster.restarted = { ...cluster.tags };
  });
  expect(checkMesh(mesh)).toStrictEqual([]);
  const version = Object.values(mesh.revisions)[0]?.version ?? '';
  const steps = stepsOf(addRevision(mesh, { version, through: 'cut', forced }));
  const back = stepsOf(rollBack(steps.at(-1)?.mesh ?? mesh, { all: true }));
  expect(steps.map(({ name }) => name)).toStrictEqual(['blend', 'cut']);
  expect(back.map(({ name }) => name)).toStrictEqual(['rollback-cut', 'rollback-blend']);
});

describe('a revision that is given up', () => {
  const steps = stepsOf(abandonRevision(there));
  it('goes first, and its workloads restart for the old one by the next commit', () => {
    expect(titles(steps)).toStrictEqual([
      'Istio: give the new revision up',
      'Istio: restart workloads for the old revision',
    ]);
    expect(steps.map(({ mesh }) => state(mesh))).toStrictEqual([
      '1-9-5 1-10-3, 1-9-5 1-10-3',
      '1-9-5 1-9-5, 1-9-5 1-9-5',
    ]);
    expect(steps.flatMap(({ mesh }) => checkMesh(mesh))).toStrictEqual([]);
    expect(steps[0]?.before).toMatch(/The next commit restarts.*The others restart by commands/s);
  });

  it('is asked for again where the second commit is missing, which keeps it from going', () => {
    const half = steps[0]?.mesh ?? there;
    expect(titles(stepsOf(abandonRevision(half)))).toStrictEqual(['Istio: restart workloads for the old revision']);
    const refused = retireRevision(half, { revision: '1-10-3', usage: 'unused', forced });
    expect('problems' in refused && refused.problems).toMatchObject([
      { rule: 'revision-in-use', fix: expect.stringContaining('yo istio-prod:rollback --broken') },
    ]);
  });
});

it('retire is refused while a tag has moved and its workloads have not restarted', () => {
  const done = edited(upgraded(start, '1.10.3', 'default'), ({ clusters }) => {
    of(clusters, 'production').restarted = { prod: '1-10-3', canary: '1-9-5' };
  });
  const refused = retireRevision(done, { revision: '1-9-5', usage: 'unused', forced });
  expect('problems' in refused && refused.problems).toMatchObject([
    {
      rule: 'revision-in-use',
      message: 'Cluster production still uses 1-9-5: the workloads on canary, which no commit has restarted since.',
    },
  ]);
});

describe('restarted of istio-prod.yaml', () => {
  it('names tags and revisions that are there', () => {
    const broken = edited(start, ({ clusters }) => {
      of(clusters, 'production').restarted = { prod: '1-8-0', gone: '1-9-5' };
    });
    expect(checkMesh(broken)).toMatchObject([
      { rule: 'not-live', at: ['clusters', 'production', 'restarted', 'prod'] },
      { rule: 'unknown-tag', at: ['clusters', 'production', 'restarted', 'gone'] },
    ]);
  });

  it.each([
    ['with its tag', { prod: '1-10-3' }, { prod: '1-10-3' }],
    ['before its tag', {}, { prod: '1-10-3' }],
  ])('never changes %s', (_, tags, entries) => {
    const after = edited(added, ({ clusters }) => {
      const cluster = of(clusters, 'production');
      cluster.tags = { ...cluster.tags, ...tags };
      cluster.restarted = { ...cluster.restarted, ...entries };
    });
    expect(rules(checkEdit(added, after))).toStrictEqual(['restart-after-tag']);
  });

  it('may follow its tag by hand, and be filled by hand', () => {
    expect(checkEdit(tagMoved, restarted)).toStrictEqual([]);
    const filled = edited(tagMoved, ({ clusters }) => {
      of(clusters, 'asia').restarted = { canary: '1-10-3' };
    });
    expect(checkEdit(tagMoved, filled)).toStrictEqual([]);
  });
});
