import { addRevision } from '../changes/add-revision.js';
import type { InstallName, Revision } from '../model/mesh.js';
import { type PhaseName, phasesOf } from '../policy/phases.js';
import { changeMesh } from './change.js';
import type { Options } from './options.js';
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
  return changeMesh(options, terminal, {
    decide: (mesh) => addRevision(mesh, request),
    next: (taken, mesh) => {
      const last = phasesOf(mesh).find(({ name }) => name === taken.at(-1)?.name);
      return [
        'git push origin COMMIT:BRANCH  # one commit a phase: push or merge them one by one, and look between (docs/upgrading.md)',
        ...(last === undefined ? [] : [last.before]),
        ...(last?.name === 'default'
          ? []
          : [
              `yo istio-prod:revision ${version}${last?.name === 'cut' ? ' --through default' : ''}   # goes on with the next phase`,
            ]),
      ];
    },
  });
}
