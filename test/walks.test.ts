import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { addRevision } from '../src/changes/add-revision.js';
import { retireRevision } from '../src/changes/retire-revision.js';
import { rollBack } from '../src/changes/roll-back.js';
import type { Outcome } from '../src/changes/step.js';
import type { Mesh } from '../src/model/mesh.js';
import { checkMesh } from '../src/policy/check-mesh.js';
import { checkEdit } from '../src/policy/edits.js';
import { type PhaseName, phaseNames } from '../src/policy/phases.js';
import { filesOf } from './support/a-repository.js';
import { journeys } from './support/generated-meshes.js';
import { MemoryRepository } from './support/memory-repository.js';
import { reachable } from './support/reachable.js';
import { walks } from './support/walks.js';

/** What a command may do that an edit by hand may only with force: it says so in its message, or was forced to. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'rollback-broken': ['skip-blend'],
  gateway: ['gateway-in-use', 'gateway-not-off', 'port-in-use'],
  cluster: ['cluster-in-use', 'restarts-in-use'],
  tag: ['restarts-in-use', 'tag-in-use'],
};

describe('whatever commands are typed in whatever order', () => {
  it('come to a mesh that holds, or are refused', () => {
    fc.assert(
      fc.property(walks, ({ start, commands }) => {
        let mesh = start;
        for (const { name, run } of commands) {
          const outcome = run(mesh);
          if ('problems' in outcome) {
            expect(outcome.problems.length, name).toBeGreaterThan(0);
            continue;
          }
          for (const step of outcome.steps) {
            expect(checkMesh(step.mesh), `${name}: ${step.title}`).toStrictEqual([]);
            const broken = checkEdit(mesh, step.mesh).map(({ rule }) => rule);
            expect(
              broken.filter((rule) => !allowed[step.name]?.includes(rule)),
              step.title,
            ).toStrictEqual([]);
            mesh = step.mesh;
          }
          // The others take the next thing each time.
          if (['revision', 'gateway', 'cluster', 'cluster --restarts', 'tag', 'scale-up'].includes(name)) {
            expect(run(mesh), `${name}, again`).toStrictEqual({ steps: [] });
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('leave a repository in which every gateway that serves is there, and frozen files as they were', () => {
    fc.assert(
      fc.property(walks, ({ start, commands }) => {
        const repository = new MemoryRepository();
        repository.apply(repository.plan(start));
        let mesh = start;
        for (const { run } of commands) {
          const frozen = new Set(repository.paths('frozen'));
          const outcome = run(mesh);
          mesh = ('steps' in outcome ? outcome.steps.at(-1)?.mesh : undefined) ?? mesh;
          const plan = repository.plan(mesh);
          expect(plan.problems).toStrictEqual([]);
          expect(plan.changes.filter(({ type, path }) => type === 'update' && frozen.has(path))).toStrictEqual([]);
          repository.apply(plan);
          expect(repository.plan(mesh).changes).toStrictEqual([]);
          expectServed(mesh, repository.files);
        }
      }),
      { numRuns: 12 },
    );
  });
});

describe('forward and back again', () => {
  it.each(phaseNames)('through %s leads to the tree that add left', (phase) => {
    fc.assert(
      fc.property(journeys, fc.boolean(), ({ start, steps }, raised) => {
        const dark = upgraded(start, steps, 'add');
        const added = raised ? withMinReplicas(dark) : dark;
        const there = upgraded(added, steps, phase);
        expect(filesOf(last(rollBack(there, { all: true }), there))).toStrictEqual(filesOf(added));
      }),
      { numRuns: 6 },
    );
  });

  it('and retired leads to the tree before add, but for definitions and shared charts, which never go back', () => {
    fc.assert(
      fc.property(journeys, fc.boolean(), ({ start: fresh, steps }, raised) => {
        const start = raised ? withMinReplicas(fresh) : fresh;
        let mesh = upgraded(start, steps, 'add');
        if (raised) mesh = withMinReplicas(mesh);
        const revision = Object.keys(mesh.revisions).at(-1) ?? '';
        const wanted = mesh.revisions[revision];
        const forced = new Set(['usage-unknown']);
        for (let part = 0; part < 4 && mesh.revisions[revision] !== undefined; part += 1)
          mesh = last(retireRevision(mesh, { revision, usage: 'unknown', forced }), mesh);
        const shared = (name: string) => {
          const { crds, sail, base } = mesh.clusters[name] ?? {};
          return JSON.parse(JSON.stringify({ crds, sail, base }));
        };
        const clusters = Object.entries(start.clusters).map(([name, cluster]) => [
          name,
          { ...cluster, ...shared(name) },
        ]);
        const files = filesOf(mesh);
        expect(files).toStrictEqual(filesOf({ ...start, clusters: Object.fromEntries(clusters) }));
        const old = Object.keys(start.revisions)[0] ?? '';
        if (start.revisions[old]?.install !== 'operator') return;
        for (const [name, { crds, sail, base }] of Object.entries(mesh.clusters)) {
          expect(sail ?? crds, name).toSatisfy((version: string) => semver.gt(version, old.replaceAll('-', '.')));
          if (wanted?.install === 'operator')
            expect({ crds, base }).toStrictEqual({ crds: wanted.version, base: 'operator' });
          const layer = files.get(`clusters/${name}/3-control-planes/kustomization.yaml`);
          expect(layer).toContain(
            `- path: crds.patch.yaml\n    target:\n      kind: IstioOperator\n      name: control-plane-${old}\n`,
          );
        }
      }),
      { numRuns: 12 },
    );
  });
});

/** The start of a journey, upgraded in all clusters at once to what the journey upgrades to. */
function upgraded(start: Mesh, steps: readonly Mesh[], through: PhaseName): Mesh {
  const wanted = Object.values(steps.at(-1)?.revisions ?? {}).at(-1);
  if (wanted === undefined) throw new Error('A journey without a revision');
  return last(addRevision(start, { ...wanted, through, forced: new Set() }), start);
}

/** Every gateway of every live revision has a minimum that somebody has raised. */
function withMinReplicas(mesh: Mesh): Mesh {
  const clusters = Object.entries(mesh.clusters).map(([name, cluster]) => {
    const each = Object.fromEntries(cluster.revisions.map((revision) => [revision, 4]));
    const minReplicas = Object.fromEntries(Object.keys(mesh.gateways).map((gateway) => [gateway, each]));
    return [name, { ...cluster, minReplicas }];
  });
  return { ...mesh, clusters: Object.fromEntries(clusters) };
}

function last(outcome: Outcome, before: Mesh): Mesh {
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
  return outcome.steps.at(-1)?.mesh ?? before;
}

/** Who an entry Service selects has pods in the layer before. */
function expectServed(mesh: Mesh, files: ReadonlyMap<string, string>): void {
  const found = reachable(files);
  for (const [cluster, { serves }] of Object.entries(mesh.clusters)) {
    const layer = files.get(`clusters/${cluster}/4-gateways/kustomization.yaml`) ?? '';
    for (const [gateway, revisions] of Object.entries(serves)) {
      for (const revision of revisions) {
        expect(layer).toContain(`- ../../../revisions/${revision}/gateways/${gateway}\n`);
        expect(found).toContain(`revisions/${revision}/gateways/${gateway}/kustomization.yaml`);
      }
    }
  }
}
