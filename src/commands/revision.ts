import { addRevision } from '../changes/add-revision.js';
import type { Outcome } from '../changes/step.js';
import { readiness } from '../cluster/readiness.js';
import type { InstallName, Mesh, Revision } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { revisionName } from '../model/revision.js';
import { type PhaseName, phasesOf } from '../policy/phases.js';
import { meshWarnings } from '../policy/warnings.js';
import { changeMesh } from './change.js';
import { lookAt } from './look.js';
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
    decide: async (mesh) => {
      const outcome = addRevision(mesh, request);
      return options.check || given['context'] !== undefined ? await checked(mesh, outcome, version, options) : outcome;
    },
    warnings: (mesh) => meshWarnings(mesh, options.today),
    next: (taken, mesh) => {
      const order: readonly string[] = phasesOf(mesh).map(({ name }) => name);
      const at = order.lastIndexOf(taken.at(-1)?.name ?? '');
      if (at === order.length - 1) {
        return [`yo istio-prod:retire ${oldest(mesh)}   # when nothing uses it any more: docs/upgrading.md`];
      }
      // Without --through it stops at the cut.
      const through = at < order.indexOf('cut') ? '' : ` --through ${order[at + 1]}`;
      return [`yo istio-prod:revision ${version}${through}   # goes on with the next phase`];
    },
  });
}

function oldest({ revisions }: Mesh): string {
  return Object.values(revisions)[0]?.version ?? '';
}

/** Before traffic goes to new gateways: whether the cluster has them, ready and as many as serve now. */
async function checked(mesh: Mesh, outcome: Outcome, version: string, options: Options): Promise<Outcome> {
  const context = options.given['context'];
  if (context === undefined || !options.check) {
    const message = `--check and --context go together: ${context === undefined ? 'which cluster is to be looked at' : 'what is to be done with the cluster'}?`;
    return { problems: [{ rule: 'invalid-option', message, fix: `Type --check --context ${context ?? 'NAME'}` }] };
  }
  if ('problems' in outcome || !outcome.steps.some(({ name }) => name === 'blend' || name === 'cut')) return outcome;
  const look = await lookAt(mesh, options);
  if (look === undefined) throw new Error('There is no context to look at');
  // The first step's mesh knows the revision in any case.
  const { problems, unknown } = readiness(
    outcome.steps[0]?.mesh ?? mesh,
    look.cluster,
    revisionName(version),
    look.snapshot,
  );
  if (problems.length === 0 && unknown.length > 0) throw new Refusal(unknown, 2);
  return problems.length > 0 ? { problems: [...problems, ...unknown] } : outcome;
}
