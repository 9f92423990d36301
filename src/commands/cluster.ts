import { engines } from '../catalog/catalog.js';
import { addCluster, type ClusterRequest, removeCluster } from '../changes/change-cluster.js';
import { besides } from '../changes/step.js';
import { changeMesh } from './change.js';
import { besideRemove, type Options } from './options.js';
import type { Report } from './report.js';
import type { Terminal } from './terminal.js';

/** `yo istio-prod:cluster europe --like production`: adds a cluster, or takes it away. */
export function cluster(name: string, options: Options, terminal: Terminal): Promise<Report> {
  const { given, remove, forced } = options;
  const restarts = given['restarts'] as ClusterRequest['restarts'];
  const request = { name, like: given['like'], network: given['network'], restarts, forced };
  return changeMesh(options, terminal, {
    decide: (mesh) =>
      besides(
        besideRemove(options, ['like', 'network', 'restarts']),
        remove ? removeCluster(mesh, name, forced) : addCluster(mesh, request),
      ),
    warnings: (_, { clusters }) =>
      remove && !Object.hasOwn(clusters, name)
        ? [`There is no cluster ${name} to remove; there are ${Object.keys(clusters).join(', ')}.`]
        : [],
    next: (_, mesh) =>
      remove || (restarts !== undefined && Object.hasOwn(mesh.clusters, name))
        ? []
        : [
            `Then, with the kubeconfig of ${name}:`,
            ...engines[mesh.engine].handOver(mesh, name).map((line) => `  ${line}`),
          ],
  });
}
