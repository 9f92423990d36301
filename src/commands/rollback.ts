import { rollBack } from '../changes/roll-back.js';
import { changeMesh } from './change.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:rollback`: the reverse edit of the last phase, or of all with `--all`, one commit a phase. */
export function rollback(options: Options, terminal: Terminal): Promise<Report> {
  return changeMesh(options, terminal, {
    decide: (mesh) => rollBack(mesh, { clusters: options.lists['cluster'], all: options.all }),
    next: (_, mesh) => [
      'git push                       # the entry Services follow within seconds of the sync',
      'yo istio-prod:rollback         # one phase further back',
      `yo istio-prod:retire ${Object.keys(mesh.revisions).at(-1)}     # takes the new revision away, once nothing uses it`,
    ],
  });
}
