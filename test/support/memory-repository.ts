import type { Mesh } from '../../src/model/mesh.js';
import { layout } from '../../src/plan/layout.js';
import { type LockedFile, type Plan, planFiles } from '../../src/plan/plan-files.js';
import { hashOf } from '../../src/repo/lock.js';
import { contentOf } from './chart-stand-in.js';

/** A repository without a disk: the files of earlier plans, and what the lock says of them. */
export class MemoryRepository {
  readonly files = new Map<string, string>();
  #locked: ReadonlyMap<string, LockedFile> = new Map();

  /** What a mesh would change here. */
  plan(mesh: Mesh): Plan {
    return planFiles(
      layout(mesh),
      { locked: this.#locked, content: (path) => this.files.get(path), unfinished: () => false },
      { render: contentOf, hash: hashOf, forced: new Set() },
    );
  }

  /** Carries a plan out. */
  apply({ changes, locked }: Plan): void {
    for (const change of changes) {
      if (change.type === 'delete') this.files.delete(change.path);
      else this.files.set(change.path, change.content);
    }
    this.#locked = locked;
  }

  /** A file as an older release of this package would have left it: its content is another, and the lock knows it. */
  leave(path: string, content: string): void {
    const known = this.#locked.get(path);
    if (known === undefined) throw new Error(`${path} is not in the lock`);
    this.files.set(path, content);
    this.#locked = new Map(this.#locked).set(path, { ...known, hash: hashOf(content) });
  }

  /** The paths of one ownership. */
  paths(ownership: LockedFile['ownership']): string[] {
    return [...this.#locked].filter(([, file]) => file.ownership === ownership).map(([path]) => path);
  }
}
