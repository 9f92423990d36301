import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** Where scratch folders go: memory where there is enough, since small files on a busy disk are most of the time of these tests. */
export const scratchRoot = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > 2 ** 30;
  } catch {
    return false;
  }
}
