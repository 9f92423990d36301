import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Mesh } from '../../src/model/mesh.js';
import { layout } from '../../src/plan/layout.js';
import { contentOf } from './chart-stand-in.js';
import { scratchRoot } from './scratch-root.js';

/** Every file of a mesh, by path; where charts are rendered, with small objects in their place. */
export function filesOf(mesh: Mesh): Map<string, string> {
  return new Map(layout(mesh).map((spec) => [spec.path, contentOf(spec)]));
}

/** Runs a task in a folder of its own, which is gone afterwards. */
export async function inScratch<T>(task: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(scratchRoot, 'istio-prod-test-'));
  try {
    return await task(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes files, with their folders. */
export function writeAll(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
