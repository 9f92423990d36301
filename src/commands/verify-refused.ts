import type { Problem } from '../model/problem.js';
import { escaped, printed } from './verify-report.js';

/**
 * What kept verify from looking at all, for a pull request or a test report; undefined in other formats. SARIF has no form of it:
 * code scanning closes each alert that a document lacks, and keeps them where there is no document.
 */
export function refusedIn(format: unknown, problems: readonly Problem[]): string | undefined {
  if (format === 'github')
    return problems
      .map(({ rule, message, fix }) => `::error title=${escaped(rule)}::${escaped(`${message} → ${fix}`)}`)
      .join('\n');
  if (format !== 'junit') return undefined;
  // A test case a problem, as a rule that could not be asked is one.
  const named = problems.map(({ rule, message, fix }, at) => {
    const name = problems.findIndex((each) => each.rule === rule) < at ? `${rule} ${at + 1}` : rule;
    return { rule: name, message, fix };
  });
  return printed('junit', {
    findings: [],
    unknown: named,
    rules: named.map(({ rule }) => ({ name: rule, statement: '', source: '', fix: '' })),
    objects: 0,
    folders: 0,
    path: '',
    compared: undefined,
    skipped: [],
  });
}
