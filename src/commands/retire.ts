import { retireRevision } from '../changes/retire-revision.js';
import { revisionName } from '../model/revision.js';
import { changeMesh } from './change.js';
import type { Options } from './options.js';
import type { Report } from './report.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:retire 1.9.5`: takes the next part of an old revision away: gateways, control plane, operator. */
export function retire(version: string, options: Options, terminal: Terminal): Promise<Report> {
  const revision = revisionName(version);
  return changeMesh(options, terminal, {
    // Nothing here looks at a cluster, so whether the revision is used there is unknown, and a person has to say so.
    decide: (mesh) =>
      retireRevision(mesh, { revision, clusters: options.lists['cluster'], usage: 'unknown', forced: options.forced }),
    next: (taken, mesh) => [
      ...(taken.at(-1)?.name === 'retire-operator' || mesh.revisions[revision] === undefined
        ? []
        : [`yo istio-prod:retire ${version} --force usage-unknown   # the next part, once you have looked again`]),
    ],
  });
}
