import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every file and link below a folder, byte for byte, but for git's own. */
export function treeOf(folder: string): Map<string, string> {
  const tree = new Map<string, string>();
  const walk = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.name === '.git') continue;
      if (entry.isSymbolicLink()) tree.set(path, `→ ${readlinkSync(join(folder, path))}`);
      else if (entry.isDirectory()) walk(path);
      else tree.set(path, readFileSync(join(folder, path), 'latin1'));
    }
  };
  if (existsSync(folder)) walk('');
  return tree;
}
