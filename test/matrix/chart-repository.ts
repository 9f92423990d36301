import { cpSync, createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { loadAll } from 'js-yaml';
import { installs } from '../../src/catalog/catalog.js';
import { istioMinors } from '../../src/catalog/versions.js';
import { type Built, tool } from '../support/kubectl.js';
import { scratchRoot } from '../support/scratch-root.js';
import { run } from './build.js';
import { chartNames, valuesSchema } from './value-names.js';

/** A Helm release as one of the engines has it. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly repository: string;
  readonly chart: string;
  readonly version: string;
  readonly values: object;
}

/** A chart repository on loopback, with charts of the real ones' shape in every version that Helm can install. */
export interface ChartRepository {
  readonly url: string;
  /** What the real Helm makes of a release. */
  template(release: Release): Promise<readonly Built[]>;
  stop(): void;
}

export async function serveCharts(): Promise<ChartRepository> {
  const scratch = mkdtempSync(join(scratchRoot, 'istio-prod-charts-'));
  const folder = join(scratch, 'served');
  mkdirSync(folder);
  const env = { ...process.env, HELM_CACHE_HOME: scratch, HELM_CONFIG_HOME: scratch, HELM_DATA_HOME: scratch };
  const versions = istioMinors.filter((minor) => installs.helm.installs(minor)).map(({ latest }) => latest);
  await Promise.all(
    versions.flatMap((version) =>
      chartNames.map(async (chart) => {
        const source = join(scratch, version, chart);
        cpSync(join(import.meta.dirname, 'charts', chart), source, { recursive: true });
        writeFileSync(join(source, 'values.schema.json'), JSON.stringify(valuesSchema(chart, version)));
        await run(tool('helm'), ['package', source, '--version', version, '--destination', folder], env);
      }),
    ),
  );
  await run(tool('helm'), ['repo', 'index', folder], env);
  const server = createServer((request, response) => {
    const file = createReadStream(join(folder, basename(request.url ?? '')));
    file.on('error', () => response.writeHead(404).end());
    file.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const rendered = new Map<string, Promise<readonly Built[]>>();
  const render = async ({ name, namespace, repository, chart, version, values }: Release, at: number) => {
    const file = join(scratch, `values-${at}.json`);
    writeFileSync(file, JSON.stringify(values));
    const where = ['--repo', repository, '--version', version, '--namespace', namespace];
    return loadAll(await run(tool('helm'), ['template', name, chart, ...where, '--values', file], env)) as Built[];
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/charts`,
    template(release) {
      const key = JSON.stringify(release);
      const known = rendered.get(key) ?? render(release, rendered.size);
      rendered.set(key, known);
      return known;
    },
    stop() {
      server.close();
      server.closeAllConnections();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** The Helm releases among built objects, of either engine; `repositories` are Flux's, by name. */
export function releasesIn(objects: readonly Built[], repositories: ReadonlyMap<string, string>): Release[] {
  return objects.flatMap(({ kind, metadata, spec }): Release[] => {
    if (kind === 'HelmRelease') {
      const { chart, version, sourceRef } = spec.chart.spec;
      const repository = repositories.get(sourceRef.name) ?? `${sourceRef.name} is no HelmRepository`;
      return [
        { name: spec.releaseName, namespace: metadata.namespace, repository, chart, version, values: spec.values },
      ];
    }
    if (kind === 'Application') {
      const { repoURL, chart, targetRevision, helm } = spec.source;
      const { namespace } = spec.destination;
      return [
        {
          name: helm.releaseName,
          namespace,
          repository: repoURL,
          chart,
          version: targetRevision,
          values: helm.valuesObject,
        },
      ];
    }
    return [];
  });
}
