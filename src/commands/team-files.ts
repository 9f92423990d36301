import { posix } from 'node:path';
import type { Located } from '../model/kube-object.js';
import { readObjects } from '../render/objects.js';
import { readTree } from '../repo/files.js';
import type { Repository } from './repository.js';

/** The objects in the team's own files that are for these clusters, or for no cluster: nothing that we wrote, and no examples. */
export function teamObjects({ root, lock }: Repository, clusters: readonly string[]): Located[] {
  return [...readTree(root)].flatMap(([file, text]): Located[] => {
    const [top, cluster = ''] = file.split('/');
    const elsewhere = top === 'docs' || (top === 'clusters' && !clusters.includes(cluster));
    const owned = lock.locked.get(file)?.ownership;
    if (elsewhere || owned === 'managed' || owned === 'frozen') return [];
    if (!['.yaml', '.yml'].includes(posix.extname(file))) return [];
    try {
      return readObjects(text).map((object) => ({ object, file }));
    } catch {
      // A template of something else; whether it builds is for verify to say.
      return [];
    }
  });
}
