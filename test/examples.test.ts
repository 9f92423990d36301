import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandName } from '../src/commands/option.js';
import { inScratch, writeAll } from './support/a-repository.js';
import { serveCharts } from './support/chart-repository.js';
import { command } from './support/commands.js';
// Commits are made by the tester, whoever runs the tests.
import './support/git.js';
import { project } from './support/source-files.js';
import { treeOf } from './support/tree.js';

const examples = join(project, 'examples');
const names = readdirSync(examples)
  .filter((name) => name.endsWith('.commands'))
  .map((name) => name.replace('.commands', ''));

let closeCharts = () => {};
beforeAll(async () => {
  closeCharts = await serveCharts();
});
afterAll(() => closeCharts());

describe('the examples', () => {
  it('each have the commands that made them', () => {
    const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name)).toStrictEqual(names);
  });

  it.each(names)('%s is what its commands write, byte for byte', (name) =>
    inScratch(async (folder) => {
      for (const line of readFileSync(join(examples, `${name}.commands`), 'utf8')
        .trim()
        .split('\n')) {
        const { exitCode, text } = await run(line, folder);
        expect(exitCode, text).toBe(0);
      }
      const written = treeOf(folder);
      if (process.env['UPDATE_GOLDEN'] !== undefined) {
        rmSync(join(examples, name), { recursive: true, force: true });
        writeAll(join(examples, name), new Map([...written].map(([path, bytes]) => [path, utf8(bytes)])));
      }
      expect(Object.fromEntries(treeOf(join(examples, name)))).toStrictEqual(Object.fromEntries(written));
    }),
  );
});

/** Runs one line as it is typed. */
async function run(line: string, folder: string) {
  const [, ...words] = line.split(' ');
  const name: CommandName = words[0] === 'revision' ? 'revision' : 'app';
  const typed: Record<string, unknown> = name === 'revision' ? { version: words[1] } : {};
  for (let at = name === 'revision' ? 2 : 0; at < words.length; at += 1) {
    const option = (words[at] ?? '').replace(/^--/, '');
    const value = words[at + 1];
    // An option that another one follows is a switch.
    if (value === undefined || value.startsWith('--')) typed[option] = true;
    else {
      typed[option] = value;
      at += 1;
    }
  }
  return await command(name, folder, typed);
}

function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
