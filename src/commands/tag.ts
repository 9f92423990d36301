import { moveTag } from '../changes/move-tag.js';
import { revisionName } from '../model/revision.js';
import { changeMesh } from './change.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:tag prod 1.10.3`: makes a revision tag name a live revision, or takes it away. */
export function tag(
  [name, revision]: [string, string | undefined],
  options: Options,
  terminal: Terminal,
): Promise<Report> {
  const request = {
    tag: name,
    revision: revision === undefined ? undefined : revisionName(revision),
    clusters: options.lists['cluster'],
    forced: options.forced,
  };
  return changeMesh(options, terminal, {
    decide: (mesh) => moveTag(mesh, request),
    warnings: (_, { clusters }) =>
      options.remove && !Object.values(clusters).some(({ tags }) => Object.hasOwn(tags, name))
        ? [`There is no tag ${name} to remove.`]
        : [],
    next: () => [],
  });
}
