import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartsUrl, serveCharts } from '../support/chart-repository.js';
import type { Emitted } from '../support/emitted.js';
import { type Built, the } from '../support/kubectl.js';
import { build } from './build.js';
import { type Cell, cells, filesOf } from './cells.js';
import { madeBy, releasesIn } from './releases.js';
import { problemsOf } from './schemas.js';
import { missed, missedPatches } from './selectors.js';
import { notServed } from './served-apis.js';

/** A check that cannot fail is worthless: each is shown what it must notice. */
describe('the checks of the matrix notice', () => {
  let close: () => void;
  let cell: Cell;
  let files: ReadonlyMap<string, string>;
  let built: readonly Built[];
  let made: readonly Built[];

  beforeAll(async () => {
    close = await serveCharts();
    const found = cells(chartsUrl).find(({ title }) => title === 'argo-cd, shared, helm, 1.31.1');
    if (found === undefined) throw new Error('The matrix has another title for it');
    cell = found;
    files = await filesOf(cell);
    built = await build('clusters/production', files);
    made = (await Promise.all(releasesIn(built, new Map()).map(madeBy))).flat();
  });
  afterAll(() => close());

  /** The cluster with an edit of one of its objects. */
  function edited(kind: string, name: string, edit: (object: Built) => void): Emitted {
    const objects = structuredClone(built) as Built[];
    edit(the(objects, kind, name));
    return { mesh: cell.mesh, cluster: 'production', files, objects };
  }
  const gateway = 'istio-ingressgateway';

  it('a selector that hits nothing', () => {
    const misspelt = edited('Service', gateway, ({ spec }) => {
      spec.selector.istio = 'ingresgateway';
    });
    expect(missed(misspelt, made)).toStrictEqual([`Service istio-gateways/${gateway} selects nothing`]);
    const elsewhere = edited('Service', 'istiod', ({ spec }) => {
      spec.selector['istio.io/rev'] = '1-29-6';
    });
    expect(missed(elsewhere, made)).toStrictEqual(['Service istio-system/istiod selects nothing']);
    const budget = edited('PodDisruptionBudget', `${gateway}-1-31-1`, ({ spec }) => {
      spec.selector.matchLabels.version = '1_31_0';
    });
    expect(missed(budget, made)).toHaveLength(1);
    const scaled = edited('HorizontalPodAutoscaler', `${gateway}-1-31-1`, ({ spec }) => {
      spec.scaleTargetRef.name = gateway;
    });
    expect(missed(scaled, made)).toHaveLength(1);
  });

  it('a patch whose target is not there', () => {
    const renamed = edited('Service', gateway, ({ metadata }) => {
      metadata.name = 'renamed';
    });
    expect(missedPatches(renamed)).toHaveLength(1);
  });

  it('an API that a Kubernetes of the mesh does not serve', () => {
    const budget = the(built, 'PodDisruptionBudget', `${gateway}-1-31-1`);
    expect(notServed(budget, cell.mesh, 'production')).toBeUndefined();
    expect(notServed({ ...budget, apiVersion: 'policy/v1beta1' }, cell.mesh, 'production')).toContain('1.24');
    expect(notServed({ ...budget, apiVersion: 'policy/v2' }, cell.mesh, 'production')).toContain('nothing is known');
  });

  it('a field that the schema does not have', () => {
    const budget = the(built, 'PodDisruptionBudget', `${gateway}-1-31-1`);
    expect(problemsOf({ ...budget, spec: { ...budget.spec, minAvailabel: 1 } }, ['1.31.1'])).toHaveLength(1);
    expect(problemsOf({ ...budget, kind: 'Budget' }, ['1.31.1'])).not.toStrictEqual([]);
  });

  it('a field, or a version, that one live Istio does not have', () => {
    const eastwest = the(built, 'Gateway', 'istio-eastwestgateway');
    expect(problemsOf(eastwest, ['1.22.8', '1.31.1'])).toStrictEqual([]);
    expect(problemsOf(eastwest, ['1.21.6', '1.31.1'])).toStrictEqual([
      '1.21 does not serve networking.istio.io/v1 Gateway',
    ]);
    const wrong = { ...eastwest, spec: { ...eastwest.spec, workloadSelector: {} } };
    expect(problemsOf(wrong, ['1.31.1'])).toHaveLength(1);
  });

  it('a value that the chart of a version does not know, and a version that is not there', async () => {
    const release = releasesIn(built, new Map()).find(({ release }) => release === 'istiod-1-31-1');
    if (release === undefined) throw new Error('There is no such release');
    const misspelt = { ...release, values: { ...release.values, meshconfig: {} } };
    await expect(madeBy(misspelt)).rejects.toThrow('meshconfig');
    // This one knows no base.validationFailurePolicy.
    await expect(madeBy({ ...release, version: '1.27.9' })).rejects.toThrow("'base' not allowed");
    await expect(madeBy({ ...release, version: '1.31.0' })).rejects.toThrow('1.31.0');
  });
});
