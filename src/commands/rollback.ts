import { abandonRevision } from '../changes/abandon-revision.js';
import { rollBack } from '../changes/roll-back.js';
import { isAdopting, upgradeOf } from '../model/adopted.js';
import type { Mesh } from '../model/mesh.js';
import { clusterOf } from '../model/revision.js';
import { changeMesh } from './change.js';
import { afterScaleUp, asked, checked } from './check-gateways.js';
import { type Options, sameClusters } from './options.js';
import type { Report } from './report.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:rollback`: the reverse edit of the last phase, of all with `--all`, or all at once with `--broken`. */
export function rollback(options: Options, terminal: Terminal): Promise<Report> {
  const clusters = options.lists['cluster'];
  const again = asked('rollback', `${options.all ? ' --all' : ''}${options.broken ? ' --broken' : ''}`, options);
  return changeMesh(options, terminal, {
    decide: (mesh) =>
      checked(
        mesh,
        options.broken ? abandonRevision(mesh, clusters) : rollBack(mesh, { clusters, all: options.all }),
        options,
        {
          moves: ['rollback-cut', 'rollback-blend', 'rollback-broken'],
          to: (cluster) => upgradeOf(clusterOf(mesh, cluster))[0],
          asked: again,
        },
      ),
    warnings: (after, before) => (after === before ? noneLeft(after, options) : []),
    next: (taken, mesh) => {
      const scaled = afterScaleUp(taken, again);
      if (scaled !== undefined) return scaled;
      const after = taken.at(-1)?.mesh ?? mesh;
      const more = rollBack(after, { clusters, all: false });
      const isOver = options.broken || !('steps' in more) || more.steps.length === 0;
      if (!isOver) {
        const [all, why] = options.all ? [' --all', 'goes on'] : ['', 'one phase further back'];
        return [`yo istio-prod:rollback${all}${sameClusters(options)}         # ${why}`];
      }
      return [
        ...(options.broken && taken.length > 0
          ? [
              `yo istio-prod:verify${afterBroken(taken.length, options)}    # broken on purpose: what the new gateways still serve is cut off`,
            ]
          : []),
        ...wayOut(after, options),
      ];
    },
  });
}

/** Why nothing was rolled back, where a person may have expected it. */
function noneLeft(mesh: Mesh, options: Options): string[] {
  if (mesh.adopted !== undefined && !Object.values(mesh.clusters).some(isAdopting)) {
    return [
      'There is no way back to the installation that was there before: after the phase default nothing here leads to it.',
    ];
  }
  return wayOut(mesh, options).map((line) => `No phase is left to roll back. ${line.replace(/ +# /, ': ')}`);
}

/** What is dark now, and how it goes. */
function wayOut(mesh: Mesh, options: Options): string[] {
  const clusters = options.lists['cluster'] ?? Object.keys(mesh.clusters);
  const dark = clusters
    .map((name) => upgradeOf(clusterOf(mesh, name)))
    .find(([old, revision]) => old !== undefined && revision !== undefined)
    ?.at(-1);
  if (dark === undefined) return [];
  return mesh.adopted === undefined
    ? [`yo istio-prod:retire ${dark}${sameClusters(options)}    # takes the new revision away, once nothing uses it`]
    : ['docs/adopting.md, step 1, has the way back from there.'];
}

/** The options by which verify judges what was made: since the commit before it, and without the rules that it breaks on purpose. */
function afterBroken(taken: number, { commit }: Options): string {
  const since = commit ? ` --since HEAD~${taken}` : '';
  // Both commits at once; merged, they are one after the other.
  return `${since} --skip blend-before-cut,retire-after-cut${commit && taken > 1 ? ',restart-after-tag' : ''}`;
}
