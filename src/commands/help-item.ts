/** What commander gives to whoever writes an item of its help. */
interface Help {
  /** Columns of the terminal. */
  readonly helpWidth?: number | undefined;
  readonly boxWrap: (text: string, width: number) => string;
}

/** The width of the column of terms. */
const column = 30;

/**
 * An item of the help of commander, which wraps no description beside a long term: such a term has a line of its own, and every
 * line fits the terminal.
 */
export function helpItem(term: string, _: number, description: string, helper: Help): string {
  const indent = ' '.repeat(column + 4);
  const text = helper
    .boxWrap(description, Math.max(20, (helper.helpWidth ?? 80) - indent.length))
    .replaceAll('\n', `\n${indent}`);
  if (description === '') return `  ${term}`;
  return term.length > column ? `  ${term}\n${indent}${text}` : `  ${term.padEnd(column)}  ${text}`;
}
