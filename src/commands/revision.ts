import { addRevision } from '../changes/add-revision.js';
import { adoptedGoes } from '../model/adopted.js';
import type { InstallName, Mesh, Revision } from '../model/mesh.js';
import { revisionName } from '../model/revision.js';
import { type PhaseName, phasesOf } from '../policy/phases.js';
import { meshWarnings } from '../policy/warnings.js';
import { changeMesh } from './change.js';
import { afterScaleUp, asked, checked } from './check-gateways.js';
import { type Options, sameClusters } from './options.js';
import type { Report } from './report.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:revision 1.10.3`: adds the revision beside the running one and carries the upgrade on, one commit a phase. */
export function revision(version: string, options: Options, terminal: Terminal): Promise<Report> {
  const { given, lists, forced } = options;
  const request = {
    version,
    install: given['install'] as InstallName | undefined,
    render: options.render,
    gateways: given['gateway-install'] as Revision['gateways'] | undefined,
    clusters: lists['cluster'],
    through: (given['through'] ?? 'cut') as PhaseName,
    forced,
  };
  const typed = given['through'] === undefined ? '' : ` --through ${given['through']}`;
  const again = asked('revision', ` ${version}${typed}`, options);
  return changeMesh(options, terminal, {
    decide: (mesh) =>
      checked(mesh, addRevision(mesh, request), options, {
        moves: ['blend', 'cut'],
        to: () => revisionName(version),
        asked: again,
      }),
    warnings: (mesh) => meshWarnings(mesh, options.today),
    next: (taken, mesh) => {
      const scaled = afterScaleUp(taken, again);
      if (scaled !== undefined) return scaled;
      const order: readonly string[] = phasesOf(mesh).map(({ name }) => name);
      const at = order.lastIndexOf(taken.at(-1)?.name ?? '');
      if (at === order.length - 1) {
        if (mesh.adopted !== undefined) return [adoptedGoes];
        return [
          `yo istio-prod:retire ${oldest(mesh)}${sameClusters(options)}   # when nothing uses it any more: docs/upgrading.md`,
        ];
      }
      // Without --through it stops at the cut.
      const through = at < order.indexOf('cut') ? '' : ` --through ${order[at + 1]}`;
      return [`yo istio-prod:revision ${version}${through}${sameClusters(options)}   # goes on with the next phase`];
    },
  });
}

function oldest({ revisions }: Mesh): string {
  return Object.values(revisions)[0]?.version ?? '';
}
