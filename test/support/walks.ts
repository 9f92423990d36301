import fc from 'fast-check';
import { abandonRevision } from '../../src/changes/abandon-revision.js';
import { addRevision } from '../../src/changes/add-revision.js';
import { addCluster, removeCluster } from '../../src/changes/change-cluster.js';
import { changeGateway, removeGateway } from '../../src/changes/change-gateway.js';
import { moveTag } from '../../src/changes/move-tag.js';
import { retireRevision } from '../../src/changes/retire-revision.js';
import { rollBack } from '../../src/changes/roll-back.js';
import { scaleUp } from '../../src/changes/scale-up.js';
import type { Outcome } from '../../src/changes/step.js';
import { forcibleRules } from '../../src/commands/all-options.js';
import { gatewayKindNames, type Mesh } from '../../src/model/mesh.js';
import { clusterOf } from '../../src/model/revision.js';
import { phaseNames } from '../../src/policy/phases.js';
import { journeys } from './generated-meshes.js';

/** A command, as a person who means no harm but forces everything might type it next. */
export interface Command {
  readonly name: string;
  readonly run: (mesh: Mesh) => Outcome;
}

/** A mesh and the commands that follow, whatever they come to. */
export interface Walk {
  readonly start: Mesh;
  readonly commands: readonly Command[];
}

const forced: ReadonlySet<string> = new Set(forcibleRules);
const pick = (names: readonly string[], at: number) => names[at % names.length] ?? '';
const some = fc.nat(5);

/** The commands of one walk: the version that its journey upgrades to is the one that they ask for. */
function commandsTo({ version, install, gateways }: Mesh['revisions'][string]): fc.Arbitrary<Command> {
  const command = (name: string, run: Command['run']): Command => ({ name, run });
  const limited = (mesh: Mesh, at: number | undefined) =>
    at === undefined ? undefined : [pick(Object.keys(mesh.clusters), at)];
  const cluster = fc.option(some, { nil: undefined });
  return fc.oneof(
    { weight: 4, arbitrary: upgrade() },
    fc
      .tuple(fc.boolean(), cluster)
      .map(([all, at]) => command('rollback', (mesh) => rollBack(mesh, { all, clusters: limited(mesh, at) }))),
    fc.tuple(some, some, fc.integer({ min: 2, max: 9 })).map(([at, by, pods]) =>
      command('scale-up', (mesh) => {
        const cluster = pick(Object.keys(mesh.clusters), at);
        const revision = pick(clusterOf(mesh, cluster).revisions, by);
        return scaleUp(mesh, { cluster, revision, pods: { [pick(Object.keys(mesh.gateways), at)]: pods } });
      }),
    ),
    fc.constant(command('rollback --broken', (mesh) => abandonRevision(mesh))),
    some.map((at) =>
      command('retire', (mesh) =>
        retireRevision(mesh, { revision: pick(Object.keys(mesh.revisions), at), usage: 'unknown', forced }),
      ),
    ),
    fc.tuple(fc.constantFrom('public', 'on', 'constructor'), fc.constantFrom(...gatewayKindNames)).map(([name, kind]) =>
      command('gateway', (mesh) =>
        changeGateway(mesh, {
          name,
          kind,
          ports: [{ name: 'mqtt', port: 8883, targetPort: 8883 }],
          annotations: { 'example.com/on': 'no' },
          forced,
        }),
      ),
    ),
    some.map((at) =>
      command('gateway --remove', (mesh) => removeGateway(mesh, pick(Object.keys(mesh.gateways), at), forced)),
    ),
    fc
      .tuple(fc.constantFrom('asia', '12', 'no'), some)
      .map(([name, at]) =>
        command('cluster', (mesh) => addCluster(mesh, { name, like: pick(Object.keys(mesh.clusters), at), forced })),
      ),
    fc
      .tuple(fc.constantFrom('commits' as const, 'commands' as const), some)
      .map(([restarts, at]) =>
        command('cluster --restarts', (mesh) =>
          addCluster(mesh, { name: pick(Object.keys(mesh.clusters), at), restarts, forced }),
        ),
      ),
    some.map((at) =>
      command('cluster --remove', (mesh) => removeCluster(mesh, pick(Object.keys(mesh.clusters), at), forced)),
    ),
    fc
      .tuple(fc.constantFrom('prod', 'canary', '1e3'), fc.option(some, { nil: undefined }), cluster)
      .map(([tag, to, at]) =>
        command('tag', (mesh) =>
          moveTag(mesh, {
            tag,
            revision: to === undefined ? undefined : pick(Object.keys(mesh.revisions), to),
            clusters: limited(mesh, at),
            forced,
          }),
        ),
      ),
  );

  function upgrade(): fc.Arbitrary<Command> {
    return fc
      .tuple(fc.constantFrom(...phaseNames), cluster)
      .map(([through, at]) =>
        command('revision', (mesh) =>
          addRevision(mesh, { version, install, gateways, through, clusters: limited(mesh, at), forced }),
        ),
      );
  }
}

/** Walks from every kind of mesh. */
export const walks: fc.Arbitrary<Walk> = journeys.chain(({ start, steps }) => {
  const newest = Object.values(steps.at(-1)?.revisions ?? start.revisions).at(-1);
  if (newest === undefined) throw new Error('A mesh without a revision');
  return fc.record({
    start: fc.constant(start),
    commands: fc.array(commandsTo(newest), { minLength: 2, maxLength: 8 }),
  });
});
