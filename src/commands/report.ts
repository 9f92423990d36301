import pc from 'picocolors';
import type { Refusal } from '../model/problem.js';
import type { FileChange } from '../plan/plan-files.js';
import type { PlannedStep } from './carry-out.js';

/** What a command did, or would do. */
export interface Report {
  readonly status: 'done' | 'up-to-date' | 'dry-run' | 'declined' | 'shown';
  readonly steps: readonly (PlannedStep & { readonly commit?: string | undefined })[];
  /** What a command that only reads has found: in words, and for machines. */
  readonly shown?: { readonly text: string; readonly data: object };
  /** What `adopt` has found, for machines; people have read it by then. */
  readonly found?: object;
  /** What a person should know of beforehand. */
  readonly warnings: readonly string[];
  /** What to type next. */
  readonly next: readonly string[];
}

/** A report for machines. */
export function reportJson({ shown, ...report }: Report): string {
  if (shown !== undefined) {
    const { steps: _, ...found } = { ...report, ...shown.data };
    return JSON.stringify(found, null, 2);
  }
  const steps = report.steps.map(({ name, title, commit, before, changes }) => ({
    name,
    title,
    commit,
    before,
    changes: changes.map(({ type, path }) => ({ type, path })),
  }));
  return JSON.stringify({ ...report, steps }, null, 2);
}

/** A refusal for machines. */
export function refusalJson({ exitCode, problems }: Refusal): string {
  return JSON.stringify({ status: exitCode === 1 ? 'refused' : 'could-not-look', problems }, null, 2);
}

/** A report for people. */
export async function reportText(report: Report): Promise<string> {
  const { warnings, next } = report;
  return [
    ...(await whatHappened(report)),
    ...warnings.map((warning) => `${pc.yellow('!')} ${warning}`),
    ...(next.length > 0 ? [`${pc.bold('Next')}\n${next.map((line) => `  ${line}`).join('\n')}`] : []),
  ].join('\n\n');
}

async function whatHappened({ status, steps, shown }: Report): Promise<string[]> {
  switch (status) {
    case 'done':
      return steps.map(
        (step) =>
          `${pc.green('✔')} ${pc.bold(step.title)} ${pc.dim(step.commit ?? '')}`.trimEnd() +
          `\n${summary(step.changes)}`,
      );
    case 'up-to-date':
      return [`${pc.green('✔')} Up to date: nothing is left to do, and the files are what istio-prod.yaml calls for.`];
    case 'dry-run': {
      // Loaded late: a diff is shown only where it is asked for.
      const { unifiedDiff } = await import('../render/diff.js');
      const shown = steps.map(
        (step) => `${pc.bold(step.title)}\n${pc.dim(step.body)}\n\n${coloured(unifiedDiff(step.changes))}`,
      );
      return [plan(steps), ...shown, pc.bold('Dry run: nothing was written.')];
    }
    case 'declined':
      return ['Nothing was written.'];
    case 'shown':
      return [shown?.text ?? ''];
  }
}

/** The head of a dry run, since its diffs are long: that it is one, and what a run would make. */
function plan(steps: Report['steps']): string {
  const [first, ...others] = steps.map(({ title }) => title);
  const would =
    others.length === 0
      ? `A run would write: ${first}`
      : `A run would make ${steps.length} commits:\n${[first, ...others].map((title, at) => `  ${at + 1}. ${title}`).join('\n')}`;
  return `${pc.bold('Dry run: nothing is written.')} ${would}`;
}

/** A refusal for people: every problem with what to type next. */
export function refusalText({ problems }: Refusal): string {
  return problems
    .map(({ rule, message, fix }) => `${pc.red('✖')} ${pc.bold(rule)}: ${message}\n  ${pc.cyan('→')} ${fix}`)
    .join('\n');
}

/** The changes in a few lines: each file where they are few, else the number in each folder. */
export function summary(changes: readonly FileChange[]): string {
  if (changes.length <= 12) return changes.map(({ type, path }) => `  ${signs[type]} ${path}`).join('\n');
  const folders = new Map<string, FileChange[]>();
  for (const change of changes) {
    const key = change.type + change.path.split('/').slice(0, 2).join('/');
    folders.set(key, [...(folders.get(key) ?? []), change]);
  }
  const lines = [...folders.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const sign = `  ${signs[first.type]} `;
    if (others.length === 0) return [sign + first.path];
    return [`${sign}${first.path.split('/').slice(0, 2).join('/')}/${pc.dim(`  ${others.length + 1} files`)}`];
  });
  return lines.length <= 24 ? lines.join('\n') : `${lines.slice(0, 24).join('\n')}\n  … and ${lines.length - 24} more`;
}

const signs = { create: pc.green('+'), update: pc.yellow('~'), delete: pc.red('-') } as const;

function coloured(diff: string): string {
  return diff.replaceAll(/^([-+@].*)$/gm, (line) =>
    line.startsWith('+') ? pc.green(line) : line.startsWith('-') ? pc.red(line) : pc.cyan(line),
  );
}
