/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Names as code, with commas. */
export function named(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
