import { abandonRevision } from '../changes/abandon-revision.js';
import { rollBack } from '../changes/roll-back.js';
import { upgradeOf } from '../model/adopted.js';
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
    next: (taken, mesh) =>
      afterScaleUp(taken, again) ?? [
        ...(options.all || options.broken || taken.length === 0
          ? []
          : [`yo istio-prod:rollback${sameClusters(options)}         # one phase further back`]),
        ...((options.broken ? taken.length > 0 : taken.at(-1)?.name.endsWith('blend'))
          ? [
              ...(options.broken
                ? [
                    'yo istio-prod:verify --since HEAD~1 --skip blend-before-cut,retire-after-cut    # broken on purpose: what the new gateways still serve is cut off',
                  ]
                : []),
              mesh.adopted === undefined
                ? `yo istio-prod:retire ${Object.keys(mesh.revisions).at(-1)}${sameClusters(options)}    # takes the new revision away, once nothing uses it`
                : 'docs/adopting.md, step 1, has the way back from there.',
            ]
          : []),
      ],
  });
}
