import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

/** The size of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Lines as a screen that is drawn over the one before.
 *
 * A line that is too long is cut, and so are lines beyond the last row: where a terminal wraps or scrolls, each redraw
 * would leave the one before behind.
 */
export function screen(lines: readonly string[], { columns, rows }: Size): string {
  // The last row is the cursor's.
  const most = Math.max(1, rows - 1);
  const hidden = lines.length - most;
  const shown = hidden > 0 ? [...lines.slice(0, most - 1), pc.dim(`… and ${hidden + 1} lines more`)] : lines;
  const [home, eraseLine, eraseBelow] = ['\u001b[H', '\u001b[K', '\u001b[J'];
  return `${home}${shown.map((line) => cut(line, columns) + eraseLine).join('\n')}${eraseBelow}`;
}

/** What picocolors writes around a text. */
const colours = new RegExp(`(${'\u001b'}\\[[\\d;]*m)`);

/** A line of at most so many characters; colours take none, and all of them are kept, so that they end. */
function cut(line: string, columns: number): string {
  if (stripVTControlCharacters(line).length <= columns) return line;
  let left = columns - 1;
  return line
    .split(colours)
    .map((part, at) => {
      if (at % 2 === 1 || left < 0) return at % 2 === 1 ? part : '';
      const fits = part.slice(0, left);
      const over = part.length > left;
      left = over ? -1 : left - part.length;
      return over ? `${fits}…` : fits;
    })
    .join('');
}
