import { createTwoFilesPatch } from 'diff';
import type { FileChange } from '../plan/plan-files.js';

/** Changes as one unified diff, as git shows it. */
export function unifiedDiff(changes: readonly FileChange[]): string {
  return changes.map(fileDiff).join('');
}

/** Without these, git does not apply the diff of a file that comes or goes. */
const modes: Readonly<Record<FileChange['type'], string>> = {
  create: 'new file mode 100644\n',
  update: '',
  delete: 'deleted file mode 100644\n',
};

function fileDiff(change: FileChange): string {
  const before = change.type === 'create' ? '' : change.before;
  const after = change.type === 'delete' ? '' : change.content;
  const patch = createTwoFilesPatch(
    change.type === 'create' ? '/dev/null' : `a/${change.path}`,
    change.type === 'delete' ? '/dev/null' : `b/${change.path}`,
    before,
    after,
    undefined,
    undefined,
    { context: 3 },
  );
  return `diff --git a/${change.path} b/${change.path}\n${modes[change.type]}${patch.replace(/^=+\n/, '').replace(/^(---|\+\+\+) (.*?)\t*$/gm, '$1 $2')}`;
}
