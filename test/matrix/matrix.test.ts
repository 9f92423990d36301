import { loadAll } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { minorFor, since } from '../../src/catalog/versions.js';
import { entryServiceClaims } from '../emitted/claims/entry-services.js';
import { gatewayClaims } from '../emitted/claims/gateways.js';
import { ownerClaims } from '../emitted/claims/owners.js';
import type { Claims } from '../emitted/describe-upgrade.js';
import { chartsUrl, serveCharts } from '../support/chart-repository.js';
import { type Emitted, nameOf } from '../support/emitted.js';
import { chartValues, hasIstioData } from '../support/istio-data.js';
import type { Built } from '../support/kubectl.js';
import { chartNames, valueNames } from '../support/value-names.js';
import { build, builds } from './build.js';
import { cells, filesOf } from './cells.js';
import { madeBy, releasesIn } from './releases.js';
import { problemsOf } from './schemas.js';
import { missed, missedPatches } from './selectors.js';
import { notServed } from './served-apis.js';

const cluster = 'production';
const claims: Claims = { ...entryServiceClaims, ...gatewayClaims, ...ownerClaims };

const close = await serveCharts();
afterAll(close);
const matrix = cells(chartsUrl);

describe('the matrix', () => {
  it.concurrent.each(matrix)('$title', async (cell) => {
    const files = await filesOf(cell);
    const delivered = deliveryOf(files);
    const folders = syncedFolders(delivered);
    expect(folders.length).toBeGreaterThan(0);
    const objects = (await Promise.all(folders.map((folder) => build(folder, files)))).flat();
    const emitted: Emitted = { mesh: cell.mesh, cluster, files, objects };
    const made = await madeByCharts(objects, delivered);
    const live = (cell.mesh.clusters[cluster]?.revisions ?? []).map(
      (revision) => cell.mesh.revisions[revision]?.version ?? '',
    );

    expect([
      ...duplicates([...objects, ...made]),
      ...missed(emitted, made),
      ...missedPatches(emitted),
      ...objects.flatMap((object) => notServed(object, cell.mesh, cluster) ?? []),
      ...[...objects, ...delivered].flatMap((object) =>
        problemsOf(object, live).map((problem) => `${nameOf(object)}: ${problem}`),
      ),
      ...broken(emitted),
    ]).toStrictEqual([]);
  });

  it('builds what is the same once', () => {
    expect(builds.asked).toBeGreaterThan(matrix.length);
    expect(builds.different()).toBeLessThan(builds.asked);
  });
});

if (!hasIstioData)
  console.info(
    'The list of value names is not compared with the charts themselves: what they declare is not at hand (ISTIO_DATA names its folder)',
  );
describe.runIf(hasIstioData)('the names of values', () => {
  const versions = [
    ...new Set(matrix.flatMap(({ mesh }) => Object.values(mesh.revisions).map(({ version }) => version))),
  ];
  it.each(versions.filter((version) => minorFor(version).charts))(
    'are those that the charts of %s declare',
    (version) => {
      const recorded = [...chartValues(version)];
      const ours = chartNames
        .filter((chart) => chart !== 'ztunnel' || since(version, '1.24'))
        .flatMap((chart) => valueNames(chart, version))
        .filter(({ undeclared }) => undeclared === undefined)
        // From 1.24 on they are declared at the top, and also taken below "pilot" and "cni".
        .map(({ path }) => (since(version, '1.24') ? path.replace(/^(pilot|cni)\./, '') : path));
      expect(
        ours.filter((path) => !recorded.some((each) => each === path || each.startsWith(`${path}.`))),
      ).toStrictEqual([]);
    },
  );
});

/** The objects that hand the cluster over, without what kustomize reads itself. */
function deliveryOf(files: ReadonlyMap<string, string>): Built[] {
  return [...files]
    .filter(([path]) => path.startsWith('delivery/') && path.endsWith('.yaml') && !path.includes('/waves/'))
    .flatMap(([, text]) => loadAll(text) as Built[]);
}

/** The folders that the engine builds: the whole cluster for Argo CD, each layer by itself for Flux. */
function syncedFolders(delivered: readonly Built[]): string[] {
  return delivered.flatMap(({ kind, spec }) => {
    if (kind === 'Application') return [spec.source.path];
    return kind === 'Kustomization' ? [spec.path.replace('./', '')] : [];
  });
}

async function madeByCharts(objects: readonly Built[], delivered: readonly Built[]): Promise<Built[]> {
  const repositories = new Map(
    delivered.filter(({ kind }) => kind === 'HelmRepository').map(({ metadata, spec }) => [metadata.name, spec.url]),
  );
  return (await Promise.all(releasesIn(objects, repositories).map(madeBy))).flat();
}

/** No object has two owners: not in two layers, and not a chart beside us. */
function duplicates(objects: readonly Built[]): string[] {
  const names = objects.map((object) => `${object.apiVersion.split('/')[0]} ${nameOf(object)}`);
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map((name) => `${name} is there twice`);
}

function broken(emitted: Emitted): string[] {
  return Object.entries(claims).flatMap(([sentence, holds]) => {
    try {
      holds(emitted);
      return [];
    } catch (error) {
      return [`not so: ${sentence}: ${error instanceof Error ? error.message : error}`];
    }
  });
}
