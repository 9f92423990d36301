import { describe, expect, it } from 'vitest';
import { abandonRevision } from '../../src/changes/abandon-revision.js';
import { addRevision } from '../../src/changes/add-revision.js';
import { retireRevision } from '../../src/changes/retire-revision.js';
import { layout } from '../../src/plan/layout.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { edited, of } from '../support/broken-meshes.js';

const start = aMesh();

describe('giving a broken revision up', () => {
  it.each(['add', 'workloads', 'blend', 'cut', 'default'] as const)(
    'lets the old one serve at once, after %s',
    (through) => {
      const outcome = abandonRevision(upgraded(start, '1.10.3', through));
      if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
      expect(outcome.steps).toHaveLength(1);
      // True after each phase, also where nothing had moved yet.
      expect(outcome.steps[0]?.body).toContain('serve alone, tags and default name the old revision');
      const cluster = outcome.steps[0]?.mesh.clusters['production'];
      expect(cluster).toMatchObject({
        default: '1-9-5',
        tags: { prod: '1-9-5' },
        serves: { 'istio-ingressgateway': ['1-9-5'] },
        retiring: { '1-10-3': 'control-plane' },
      });
    },
  );

  it('leaves nothing of it in the layers before the switch but its operator', () => {
    const outcome = abandonRevision(upgraded(start, '1.10.3', 'cut'));
    const mesh = 'steps' in outcome ? outcome.steps[0]?.mesh : undefined;
    if (mesh === undefined) throw new Error('no step');
    const included = layout(mesh)
      .filter(({ path }) => /^clusters\/production\/[1-5][^/]+\/kustomization.yaml$/.test(path))
      .filter(({ source }) => JSON.stringify(source).includes('revisions/1-10-3'))
      .map(({ path }) => path);
    expect(included).toStrictEqual(['clusters/production/2-operators/kustomization.yaml']);

    const rest = retireRevision(mesh, { revision: '1-10-3', usage: 'unused', forced: new Set() });
    const [last] = 'steps' in rest ? rest.steps : [];
    // As it was, but for definitions that never go back.
    expect(last?.mesh).toStrictEqual(
      edited(start, (draft) => Object.assign(of(draft.clusters, 'production'), { crds: '1.10.3', base: 'operator' })),
    );
    expect(last?.body).toContain("Istio's CustomResourceDefinitions stay at 1.10.3");
  });

  it('is taken away to its end before it comes again, and the old one stays', () => {
    const mesh = aMesh({ clusters: ['east', 'west'] });
    const outcome = abandonRevision(upgraded(mesh, '1.10.3', 'blend'), ['east']);
    const given = 'steps' in outcome ? outcome.steps[0]?.mesh : undefined;
    if (given === undefined) throw new Error('no step');
    const forced = new Set<string>();
    expect(addRevision(given, { version: '1.10.3', through: 'cut', forced })).toMatchObject({
      problems: [{ rule: 'already-retiring', fix: expect.stringContaining('yo istio-prod:retire 1.10.3') }],
    });
    expect(addRevision(given, { version: '1.10.3', clusters: ['west'], through: 'cut', forced })).toHaveProperty(
      'steps',
    );
    expect(retireRevision(given, { revision: '1-9-5', clusters: ['east'], usage: 'unused', forced })).toMatchObject({
      problems: [{ rule: 'revision-in-use', fix: expect.stringContaining('yo istio-prod:retire 1-10-3') }],
    });
  });

  it('says how to find what its operator leaves behind, where it does', () => {
    const said = (from: string, to: string) => {
      const outcome = abandonRevision(upgraded(aMesh({ version: from }), to, 'cut'));
      return 'steps' in outcome ? outcome.steps[0]?.before : undefined;
    };
    const selector = "'operator.istio.io/component in (Pilot,IngressGateways,EgressGateways),istio.io/rev=1-10-3'";
    expect(said('1.9.5', '1.10.3')).toContain(selector);
    expect(said('1.9.5', '1.10.6')).not.toContain('kubectl delete');
  });

  it('changes nothing where there is one revision, or where the old one has begun to retire', () => {
    expect(abandonRevision(start)).toStrictEqual({ steps: [] });
    const done = upgraded(start, '1.10.3', 'default');
    const retiring = retireRevision(done, { revision: '1-9-5', usage: 'unused', forced: new Set() });
    if (!('steps' in retiring) || retiring.steps[0] === undefined) throw new Error('no step');
    expect(abandonRevision(retiring.steps[0].mesh)).toStrictEqual({ steps: [] });
  });
});
