import { execFile } from 'node:child_process';
import { createReadStream, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Cluster } from '../cluster/cluster.js';
import type { Charts } from './operator/control-plane-objects.js';
import { sailVersion } from './sail/kinds.js';
import { writeSailChart } from './sail/sail-chart.js';

const run = promisify(execFile);

/** The charts that an installation by Helm takes, as folders below `manifests/charts`. */
const published = ['base', join('istio-control', 'istio-discovery')];

/** A Helm repository on loopback. */
export interface ChartRepository {
  readonly url: string;
  stop(): void;
}

/**
 * Plays Istio's chart repository: Istio's own charts, packed and indexed by the real helm, as static files over HTTP. With
 * `sail` it also has the chart of the Sail Operator.
 *
 * Every version is the chart of the one Istio build that plays all revisions here; only its number and the image tag
 * that the values name differ.
 */
export async function serveCharts(
  { directory, addresses }: Cluster,
  { helm, directory: sources }: Charts,
  versions: readonly string[],
  sail: boolean,
): Promise<ChartRepository> {
  const folder = join(directory, 'charts');
  mkdirSync(folder, { recursive: true });
  const env = { HOME: folder, PATH: process.env.PATH };
  const pack = (chart: string, version: string): Promise<unknown> => {
    const numbers = ['--version', version, '--app-version', version];
    return run(helm, ['package', chart, ...numbers, '--destination', folder], { env });
  };
  for (const version of versions) for (const chart of published) await pack(join(sources, chart), version);
  if (sail) {
    const chart = join(directory, 'sail-operator');
    writeSailChart(chart, { helm, directory: sources });
    await pack(chart, sailVersion);
  }
  await run(helm, ['repo', 'index', folder], { env });
  const server = createServer((request, response) => {
    const file = createReadStream(join(folder, basename(request.url ?? '')));
    file.on('error', () => response.writeHead(404).end());
    file.pipe(response);
  });
  const port = addresses.port('charts');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${port}/charts`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
