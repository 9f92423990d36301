import * as z from 'zod';
import { Refusal } from '../model/problem.js';
import { readText, removeFile, writeWhole } from './files.js';

/** The journal of a run: there while it writes, so that a run that was killed is completed by the next. */
export const unfinishedFile = 'istio-prod.unfinished';

const schema = z.object({
  paths: z.array(z.string()),
  mesh: z.string(),
  title: z.string(),
  body: z.string(),
  commits: z.boolean(),
});

/** What a run is about to write: its files, the hash of its istio-prod.yaml, and the words of its commit where it makes one. */
export type Unfinished = z.infer<typeof schema>;

export function readUnfinished(root: string): Unfinished | undefined {
  const text = readText(root, unfinishedFile);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new Refusal(
      [
        {
          rule: 'broken-journal',
          message: `${unfinishedFile} cannot be read.`,
          fix: `Take back what the killed run wrote (git checkout -- . and git clean), and remove ${unfinishedFile}`,
        },
      ],
      1,
      error,
    );
  }
}

export function writeUnfinished(root: string, unfinished: Unfinished): void {
  writeWhole(root, unfinishedFile, JSON.stringify(unfinished));
}

export function removeUnfinished(root: string): void {
  removeFile(root, unfinishedFile);
}
