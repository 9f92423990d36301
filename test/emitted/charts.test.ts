import { beforeAll, describe, expect, it } from 'vitest';
import { addRevision } from '../../src/changes/add-revision.js';
import type { BootstrapRequest } from '../../src/changes/bootstrap.js';
import { retireRevision } from '../../src/changes/retire-revision.js';
import type { InstallName, Mesh } from '../../src/model/mesh.js';
import { phaseNames } from '../../src/policy/phases.js';
import { aMesh } from '../support/a-mesh.js';
import { customProblems } from '../support/custom-schema.js';
import { type Emitted, emit, nameOf, objectsIn, ofKind } from '../support/emitted.js';
import { chartValues, hasIstioData } from '../support/istio-data.js';
import type { Built } from '../support/kubectl.js';
import { kindOf, schemaProblems } from '../support/strict-schema.js';

/** From one install method and version to another, on a platform, with sidecars or without. */
const journeys = [
  ['1.23.6', 'helm', '1.24.6', 'helm', 'kubernetes', 'sidecar'],
  ['1.23.6', 'operator', '1.24.6', 'sail', 'kubernetes', 'sidecar'],
  ['1.29.6', 'helm', '1.30.3', 'sail', 'kubernetes', 'sidecar'],
  ['1.29.6', 'sail', '1.30.3', 'sail', 'openshift', 'sidecar'],
  ['1.29.6', 'sail', '1.30.5', 'helm', 'kubernetes', 'sidecar'],
  ['1.20.8', 'helm', '1.21.6', 'helm', 'openshift', 'sidecar'],
  ['1.30.5', 'helm', '1.31.1', 'helm', 'openshift', 'sidecar'],
  ['1.24.6', 'helm', '1.25.5', 'helm', 'kubernetes', 'ambient'],
  ['1.29.6', 'sail', '1.30.3', 'sail', 'openshift', 'ambient'],
] as const;

describe.each(journeys)('%s by %s → %s by %s on %s, %s', (from, install, to, next, platform, dataPlane) => {
  const states: (readonly [string, Emitted])[] = [];

  beforeAll(async () => {
    for (const engine of ['argo-cd', 'flux'] as const) {
      for (const [state, mesh] of statesOf({ version: from, install, engine, platform, dataPlane }, to, next)) {
        for (const emitted of await emit(mesh)) states.push([`${engine}, ${state}`, emitted]);
      }
    }
  }, 120_000);

  const everywhere = (holds: (emitted: Emitted) => void) => {
    expect(states.length).toBe(10);
    for (const [state, emitted] of states) {
      try {
        holds(emitted);
      } catch (error) {
        if (error instanceof Error) error.message = `${state}: ${error.message}`;
        throw error;
      }
    }
  };

  it('each live control plane is there once, at its version, with the settings of the mesh', () =>
    everywhere((emitted) => {
      const { revisions } = emitted.mesh;
      const live = emitted.mesh.clusters[emitted.cluster]?.revisions ?? [];
      for (const name of live.filter((each) => !hasLost(emitted, each))) {
        const { version, install: by } = revisions[name] ?? { version: '', install: '' };
        if (by === 'operator') continue;
        const found = controlPlanes(emitted).filter((each) => each.revision === name);
        expect(found, name).toHaveLength(1);
        expect(found[0]?.version, name).toBe(version);
        expect(found[0]?.values, name).toMatchObject({
          revision: name,
          global: { hub: 'docker.io/istio', tag: version, istioNamespace: 'istio-system', network: 'production' },
          meshConfig: { rootNamespace: 'istio-config', trustDomain: 'cluster.local' },
          pilot: { autoscaleMin: 2 },
        });
      }
      expect(controlPlanes(emitted).map(({ revision }) => revision)).not.toContain(
        live.find((each) => hasLost(emitted, each)),
      );
    }));

  it('one chart at most brings Istio’s CustomResourceDefinitions, at the version of the newest control plane or later', () =>
    everywhere((emitted) => {
      const bringers = releases(emitted).filter(
        ({ chart, values, skipsCrds }) =>
          chart === 'sail-operator' || (chart === 'base' && !(skipsCrds && values.base?.enableCRDTemplates === false)),
      );
      const methods = Object.values(emitted.mesh.revisions).map(({ install: by }) => by);
      expect(bringers.length).toBe(methods.every((by) => by === 'operator') ? 0 : 1);
      for (const operator of ofKind(emitted, 'IstioOperator')) {
        if (bringers.length > 0) expect(operator.spec.values.base.enableIstioConfigCRDs, nameOf(operator)).toBe(false);
      }
      const minors = Object.values(emitted.mesh.revisions).map(({ version }) => Number(version.split('.')[1]));
      for (const { version } of bringers)
        expect(Number(version.split('.')[1])).toBeGreaterThanOrEqual(Math.max(...minors));
    }));

  it('where pods need the node agent, there is one, at the version of the default revision, and istiod knows of it', () =>
    everywhere((emitted) => {
      const agents = [
        ...releases(emitted)
          .filter(({ chart }) => chart === 'cni')
          .map(({ version, values }) => ({ version, values })),
        ...ofKind(emitted, 'IstioCNI').map(({ spec }) => ({ version: spec.version.slice(1), values: spec.values })),
      ];
      if (platform === 'kubernetes' && dataPlane === 'sidecar') return expect(agents).toStrictEqual([]);
      const byDefault = emitted.mesh.clusters[emitted.cluster]?.default ?? '';
      expect(agents.map(({ version }) => version)).toStrictEqual([emitted.mesh.revisions[byDefault]?.version]);
      if (dataPlane === 'ambient') {
        const { profile, cni } = agents[0]?.values ?? {};
        expect(profile === 'ambient' || cni?.ambient?.enabled).toBe(true);
      }
      if (platform === 'kubernetes') return;
      expect(JSON.stringify(agents[0]?.values)).toMatch(/openshift|multus/);
      for (const { values } of controlPlanes(emitted)) {
        expect(
          values.global.platform === 'openshift' || values.profile === 'openshift' || values.istio_cni?.enabled,
        ).toBe(true);
      }
    }));

  it('in ambient mode there is one ztunnel, which asks the istiod of the default revision, and istiod trusts it', () =>
    everywhere((emitted) => {
      const ztunnels = [
        ...releases(emitted)
          .filter(({ chart }) => chart === 'ztunnel')
          .map(({ version, values, namespace }) => ({ version, values, namespace })),
        ...ofKind(emitted, 'ZTunnel').map(({ spec }) => ({
          version: spec.version.slice(1),
          values: spec.values.ztunnel,
          namespace: spec.namespace,
        })),
      ];
      if (dataPlane === 'sidecar') return expect(ztunnels).toStrictEqual([]);
      const revision = emitted.mesh.clusters[emitted.cluster]?.default ?? '';
      expect(ztunnels).toHaveLength(1);
      expect(ztunnels[0]).toMatchObject({
        version: emitted.mesh.revisions[revision]?.version,
        values: { revision, istioNamespace: 'istio-system', resourceName: 'ztunnel', network: 'production' },
      });
      for (const { values } of controlPlanes(emitted)) {
        expect(values.profile).toBe('ambient');
        expect(values.pilot).toMatchObject({
          trustedZtunnelNamespace: ztunnels[0]?.namespace,
          cni: { enabled: true },
        });
      }
    }));

  it('the project of Argo CD permits every release, and every kind and namespace that is built', () =>
    everywhere((emitted) => {
      if (emitted.mesh.engine !== 'argo-cd') return;
      const [{ spec }] = objectsIn(emitted, `delivery/argo-cd/${emitted.cluster}.yaml`).filter(
        ({ kind }) => kind === 'AppProject',
      );
      const permitted = [...spec.clusterResourceWhitelist, ...spec.namespaceResourceWhitelist];
      const namespaces = spec.destinations.map(({ namespace }: Built) => namespace);
      for (const object of emitted.objects) {
        const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
        expect(
          permitted.some((each: Built) => each.group === group && ['*', object.kind].includes(each.kind)),
          nameOf(object),
        ).toBe(true);
        if (object.metadata.namespace !== undefined) expect(namespaces).toContain(object.metadata.namespace);
      }
      for (const { source, namespace } of releases(emitted)) {
        expect(spec.sourceRepos).toContain(source);
        expect(namespaces).toContain(namespace);
      }
    }));

  it('the sources of Flux that releases name are there, and its layers know when what Sail makes is healthy', () =>
    everywhere((emitted) => {
      if (emitted.mesh.engine !== 'flux') return;
      const folder = `delivery/flux/${emitted.cluster}`;
      const sources = [...emitted.files.keys()]
        .filter((path) => path.startsWith(folder) && path.endsWith('charts.yaml'))
        .flatMap((path) => objectsIn(emitted, path).map(({ metadata }) => metadata.name));
      expect([...new Set(releases(emitted).map(({ source }) => source))].toSorted()).toStrictEqual(sources.toSorted());
      const [{ spec }] = objectsIn(emitted, `${folder}/3-control-planes.yaml`);
      expect(spec.healthCheckExprs.map(({ kind }: Built) => kind)).toEqual(
        expect.arrayContaining(['IstioRevision', 'IstioCNI', 'ZTunnel']),
      );
    }));

  it('what all revisions share is never pruned, and what is one revision’s is', () =>
    everywhere((emitted) => {
      for (const { object, chart } of releases(emitted)) {
        const annotations = object.metadata.annotations ?? {};
        const kept = [
          annotations['argocd.argoproj.io/sync-options'],
          annotations['kustomize.toolkit.fluxcd.io/prune'],
        ].some((each) => ['Prune=false,Delete=false', 'disabled'].includes(each));
        expect(kept, nameOf(object)).toBe(chart !== 'istiod');
      }
      for (const object of ofKind(emitted, 'IstioRevision'))
        expect(object.metadata.annotations?.['argocd.argoproj.io/sync-options']).toBeUndefined();
    }));

  it('every object has the fields of its kind, and no other', () =>
    everywhere((emitted) => {
      for (const object of emitted.objects) {
        if (kindOf(object).startsWith('argoproj.io/')) expect(schemaProblems(object), nameOf(object)).toStrictEqual([]);
        if (/^(sailoperator\.io|helm\.toolkit)/.test(kindOf(object)))
          expect(customProblems(object), nameOf(object)).toStrictEqual([]);
      }
    }));

  if (hasIstioData) {
    it('every value of a release is one that the charts of its minor declare', () =>
      everywhere((emitted) => {
        for (const { object, chart, version, values } of releases(emitted)) {
          if (chart === 'sail-operator') continue;
          const known = chartValues(version);
          const unknown = pathsOf(values).filter(
            (path) =>
              !known.has(path) &&
              !known.has(path.replace(/^pilot\./, '')) &&
              !beyondCharts.some((pattern) => pattern.test(path)),
          );
          expect(unknown, nameOf(object)).toStrictEqual([]);
        }
      }));
  }
});

/** Free maps, and what charts read without declaring it; from 1.24 on they declare what is under `pilot` at the top. */
const beyondCharts = [
  /^meshConfig\./,
  /^pilot\.resources\./,
  /^(global\.)?(profile|platform)$/,
  /^global\.istioNamespace$/,
  /^base\.validationFailurePolicy$/,
  // ztunnel, before it had them.
  /^(network|resourceName)$/,
  // istio_cni and pilot.cni are read by templates of istiod.
  /^pilot\.cni\./,
];

/** The states in which releases or what they share differ. */
function* statesOf(answers: Partial<BootstrapRequest>, to: string, next: InstallName): Generator<[string, Mesh]> {
  let mesh = aMesh(answers);
  yield ['bootstrap', mesh];
  const old = Object.keys(mesh.revisions)[0] ?? '';
  const forced = new Set(['usage-unknown']);
  const upgrade = addRevision(mesh, { version: to, install: next, through: 'default', forced });
  if ('problems' in upgrade) throw new Error(JSON.stringify(upgrade.problems));
  expect(upgrade.steps.map(({ name }) => name)).toStrictEqual(phaseNames);
  for (const step of upgrade.steps) {
    mesh = step.mesh;
    if (['add', 'default'].includes(step.name)) yield [step.name, mesh];
  }
  for (let part = 0; part < 3; part += 1) {
    const outcome = retireRevision(mesh, { revision: old, usage: 'unknown', forced });
    const [step] = 'steps' in outcome ? outcome.steps : [];
    if (step === undefined) throw new Error(JSON.stringify(outcome));
    mesh = step.mesh;
    if (part > 0) yield [step.name, mesh];
  }
}

function hasLost({ mesh, cluster }: Emitted, revision: string): boolean {
  return mesh.clusters[cluster]?.retiring?.[revision] === 'control-plane';
}

/** The releases of charts, whatever the engine calls them. */
function releases(emitted: Emitted) {
  return [
    ...ofKind(emitted, 'Application').map((object) => ({
      object,
      chart: object.spec.source.chart,
      version: object.spec.source.targetRevision,
      source: object.spec.source.repoURL,
      namespace: object.spec.destination.namespace,
      values: object.spec.source.helm.valuesObject,
      skipsCrds: object.spec.source.helm.skipCrds === true,
    })),
    ...ofKind(emitted, 'HelmRelease').map((object) => ({
      object,
      chart: object.spec.chart.spec.chart,
      version: object.spec.chart.spec.version,
      source: object.spec.chart.spec.sourceRef.name,
      namespace: object.metadata.namespace,
      values: object.spec.values,
      skipsCrds: object.spec.install.crds === 'Skip' && object.spec.upgrade.crds === 'Skip',
    })),
  ];
}

/** The control planes of helm and sail: their revision, their version and their values. */
function controlPlanes(emitted: Emitted): { revision: string; version: string; values: Built }[] {
  return [
    ...releases(emitted)
      .filter(({ chart }) => chart === 'istiod')
      .map(({ object, version, values }) => ({
        revision: object.metadata.name.replace('istiod-', ''),
        version,
        values,
      })),
    ...ofKind(emitted, 'IstioRevision').map(({ metadata, spec }) => ({
      revision: metadata.name,
      version: spec.version.slice(1),
      values: spec.values,
    })),
  ];
}

/** The path of every leaf; a list is one. */
function pathsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([key, below]) => pathsOf(below, path === '' ? key : `${path}.${key}`));
}
