import { diffLines } from 'diff';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { installs } from '../src/catalog/catalog.js';
import { istioMinors } from '../src/catalog/versions.js';
import type { BootstrapRequest } from '../src/changes/bootstrap.js';
import { type EngineName, installNames } from '../src/model/mesh.js';
import { phaseNames } from '../src/policy/phases.js';
import { newestOf } from '../src/policy/versions.js';
import { aMesh, upgraded } from './support/a-mesh.js';
import { filesOf } from './support/a-repository.js';
import type { Built } from './support/kubectl.js';

/** A difference between the repository for Argo CD and the one for Flux, outside of delivery/, and why it must be. */
interface Difference {
  readonly path: RegExp;
  readonly why: string;
  /** Lines that only one of them has; left out: the whole file is of one engine, or is words for people. */
  readonly lines?: Readonly<Record<EngineName, RegExp>>;
}

const never = /^\b$/;

const differences: readonly Difference[] = [
  {
    path: /^(README|docs\/(architecture|good-practices|install-(helm|rendered)|upgrading))\.md$/,
    why: 'Words for people: how the engine is handed a cluster, and what to type where it hangs.',
  },
  {
    path: /^clusters\/[^/]+\/kustomization\.yaml$/,
    why: 'Argo CD needs a Job between two layers; Flux looks at the Deployments by itself.',
    lines: { 'argo-cd': /^ {2}- gateways-ready$/, flux: never },
  },
  {
    path: /^clusters\/[^/]+\/gateways-ready\//,
    why: 'The Job, which waits for gateways that an operator makes: they are not in Git, and Argo CD sees only what is.',
  },
  {
    path: /^clusters\/[^/]+\/[1-6]-[^/]+\/kustomization\.yaml$/,
    why: 'A layer is a sync wave of Argo CD, and a Kustomization of Flux; each installs a chart by a kind of its own.',
    lines: {
      'argo-cd': /^ {2}- \.\.\/\.\.\/\.\.\/delivery\/argo-cd\/waves\/[1-6]-|^ {6}kind: Application$/,
      flux: /^ {6}kind: HelmRelease$/,
    },
  },
  {
    path: /^clusters\/[^/]+\/(2-operators\/(base|sail-operator)|3-control-planes\/mesh\.release\.patch)\.yaml$/,
    why: 'A Helm release is an Application of Argo CD, and a HelmRelease of Flux.',
  },
  {
    path: /^revisions\/[^/]+\/control-plane\/(application|helm-release)\.yaml$/,
    why: 'As above.',
  },
  {
    path: /^revisions\/[^/]+\/control-plane\/kustomization\.yaml$/,
    why: 'It names the release.',
    lines: { 'argo-cd': /^ {2}- application\.yaml$/, flux: /^ {2}- helm-release\.yaml$/ },
  },
];

/** The newest upgrade that each install method can carry out, by each maker of gateways, and the oldest of the operator. */
const journeys = installNames.flatMap((install): (Partial<BootstrapRequest> & { from: string; to: string })[] => {
  const able = istioMinors
    .filter((minor) => installs[install].installs(minor))
    .map((minor) => newestOf(install, minor));
  const [from = '', to = ''] = able.slice(-2);
  return [
    { install, from, to },
    ...(install === 'operator'
      ? [
          { install, from: '1.9.9', to: '1.10.6', gatewayNamespaces: 'dedicated' as const },
          { install, from, to, gatewayInstall: 'operator' as const, platform: 'openshift' as const },
        ]
      : []),
  ];
});

const used = new Set<Difference>();

describe('what differs between the engines', () => {
  const cases = journeys.flatMap(({ from, to, ...shape }) =>
    [undefined, ...phaseNames].map((phase) => ({ from, to, shape, phase })),
  );

  it.each(cases)('is on the list: $from → $to, $shape.install, $phase', ({ from, to, shape, phase }) => {
    const [argoCd, flux] = (['argo-cd', 'flux'] as const).map((engine) => {
      const start = aMesh({ gateways: ['ingress', 'egress', 'eastwest'], ...shape, version: from, engine });
      return filesOf(phase === undefined ? start : upgraded(start, to, phase, shape.gatewayInstall));
    });
    if (argoCd === undefined || flux === undefined) throw new Error('Two engines are compared');
    for (const path of new Set([...argoCd.keys(), ...flux.keys()])) {
      if (path.startsWith('delivery/')) continue;
      const [one, other] = [argoCd.get(path), flux.get(path)];
      if (one === other) continue;
      const difference = differences.find((each) => each.path.test(path));
      expect(difference, `${path} differs, and nothing says why`).toBeDefined();
      if (difference === undefined) continue;
      used.add(difference);
      if (difference.lines === undefined) continue;
      for (const { added, removed, value } of diffLines(one ?? '', other ?? '')) {
        if (!added && !removed) continue;
        for (const line of value.trimEnd().split('\n')) {
          expect(line, `${path}, only for ${added ? 'flux' : 'argo-cd'}`).toMatch(
            difference.lines[added ? 'flux' : 'argo-cd'],
          );
        }
      }
    }
  });

  it.each(cases.filter(({ shape }) => shape.install === 'helm'))(
    'is not what a release installs: $from → $to, $phase',
    ({ from, to, shape, phase }) => {
      const releases = (engine: EngineName) => {
        const start = aMesh({ ...shape, version: from, engine });
        const files = filesOf(phase === undefined ? start : upgraded(start, to, phase));
        return [...files]
          .filter(([path]) => /(application|helm-release|base|mesh\.release\.patch)\.yaml$/.test(path))
          .map(([, text]) => installed(load(text)));
      };
      expect(releases('argo-cd').length).toBeGreaterThan(0);
      expect(releases('flux')).toStrictEqual(releases('argo-cd'));
    },
  );

  it.each(['argo-cd', 'flux'] as const)(
    'README of %s says what it allows in custom/, where it allows not all',
    (engine) => expect(filesOf(aMesh({ engine })).get('README.md')?.includes('customKinds')).toBe(engine === 'argo-cd'),
  );

  it('is all that is on the list: no entry is left over', () => {
    expect(differences.filter((each) => !used.has(each)).map(({ path }) => path)).toStrictEqual([]);
  });
});

/** The chart, its version and values, and the name it is installed under: of a release of either engine, or a patch of one. */
function installed({ kind, metadata, spec }: Built): object {
  const { source = {}, chart = {} } = spec;
  return {
    chart: source.chart ?? chart.spec?.chart,
    version: source.targetRevision ?? chart.spec?.version,
    name: source.helm?.releaseName ?? spec.releaseName,
    namespace: kind === 'HelmRelease' ? metadata.namespace : spec.destination?.namespace,
    values: source.helm?.valuesObject ?? spec.values,
  };
}
