import { addRevision } from '../changes/add-revision.js';
import type { InstallName, Revision } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import type { PhaseName } from '../policy/phases.js';
import { phasesOf } from '../policy/phases.js';
import { editMeshFile } from '../render/mesh-file.js';
import { planMesh } from './carry-out.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import { meshOf } from './repository.js';
import type { Terminal } from './terminal.js';
import { openWhole, writeSteps } from './write-steps.js';

/** `yo istio-prod:revision 1.10.3`: adds the revision beside the running one and carries the upgrade on, one commit a phase. */
export async function revision(args: readonly string[], options: Options, terminal: Terminal): Promise<Report> {
  const [version, ...rest] = args;
  if (version === undefined || rest.length > 0) {
    throw new Refusal([
      {
        rule: 'invalid-version',
        message: `One version is needed, and ${args.length} were given.`,
        fix: 'Type yo istio-prod:revision 1.10.3',
      },
    ]);
  }
  const repository = await openWhole(options, terminal);
  const mesh = meshOf(repository, options.forced);
  const through = (options.given['through'] ?? 'cut') as PhaseName;
  const outcome = addRevision(mesh, {
    version,
    install: options.given['install'] as InstallName | undefined,
    gateways: options.given['gateway-install'] as Revision['gateways'] | undefined,
    clusters: options.lists['cluster'],
    through,
    forced: options.forced,
  });
  if ('problems' in outcome) throw new Refusal(outcome.problems);
  const pending = planMesh(mesh, repository.present, options.forced);
  if (pending.problems.length === 0 && pending.changes.length > 0) {
    throw new Refusal([
      {
        rule: 'settings-pending',
        message: `istio-prod.yaml says more than the files show (${pending.changes.length} would change); one commit changes settings or a phase, never both.`,
        fix: 'Run yo istio-prod first',
      },
    ]);
  }
  let text = repository.text ?? '';
  let before = mesh;
  const steps = outcome.steps.map((step) => {
    text = editMeshFile(text, before, step.mesh);
    before = step.mesh;
    return { ...step, text };
  });
  const last = phasesOf(mesh).find(({ name }) => name === (options.commit ? steps.at(-1) : steps[0])?.name);
  const next = [
    'git log --oneline              # one commit a phase: merge them one by one, and look between (docs/upgrading.md)',
    ...(last === undefined ? [] : [last.before]),
    ...(last?.name === 'cut' || last?.name === 'default'
      ? []
      : [`yo istio-prod:revision ${version}   # goes on with the next phase`]),
  ];
  return await writeSteps(repository, { steps, warnings: [], next }, options, terminal, async () => repository.git);
}
