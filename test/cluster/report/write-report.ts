import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptResult } from '../scenario.js';
import { page } from './page.js';

/** Keeps a result beside those of earlier scenarios, and draws the page anew from all of them. */
export function writeReport(directory: string, result: KeptResult): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${result.scenario}.${result.engine}.json`), JSON.stringify(result, undefined, 1));
  writeFileSync(join(directory, 'index.html'), page(readResults(directory)));
}

/** The results in a folder, in the order in which they were played. */
export function readResults(directory: string): KeptResult[] {
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  const results = files.map((file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as KeptResult);
  return results.sort((one, other) => one.startedAt - other.startedAt);
}
