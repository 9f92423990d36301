import { unknownClusters } from '../changes/select-clusters.js';
import { liveMesh } from '../cluster/live-mesh.js';
import type { Mesh } from '../model/mesh.js';
import { Refusal } from '../model/problem.js';
import { lookAt } from './look.js';
import type { Options } from './options.js';
import { meshOf, openRepository } from './repository.js';
import { clusterStatus, type Status, supportOf } from './status-report.js';
import { statusText } from './status-text.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:status`: where the upgrade is, by the repository, and with `--context` by the cluster. Returns the exit code. */
export async function status(options: Options, terminal: Terminal): Promise<0 | 1 | 2> {
  const mesh = await meshOf(await openRepository(options.root, false), options.forced);
  const report = await statusOf(mesh, options);
  terminal.print(options.json ? JSON.stringify(report, null, 2) : statusText(mesh, report));
  return ({ ok: 0, findings: 1, unknown: 2 } as const)[report.status];
}

async function statusOf(mesh: Mesh, options: Options): Promise<Status> {
  const names = options.lists['cluster'] ?? Object.keys(mesh.clusters);
  const strangers = unknownClusters(mesh, names);
  if (strangers.length > 0) throw new Refusal(strangers);
  const look = await lookAt(mesh, options);
  const clusters = names.map((name) => {
    const live = look?.cluster === name ? liveMesh(mesh, name, look.snapshot) : null;
    return clusterStatus(mesh, name, live);
  });
  const unknown = clusters.some(({ live }) => (live?.unknown.length ?? 0) > 0);
  const found = clusters.some((cluster) => cluster.findings.length > 0);
  return {
    status: unknown ? 'unknown' : found ? 'findings' : 'ok',
    revisions: mesh.revisions,
    support: supportOf(mesh, options.today),
    clusters,
  };
}
