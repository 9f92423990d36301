import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inScratch } from '../support/a-repository.js';
import { chartsUrl, serveCharts } from '../support/chart-repository.js';
import { app, command, revision } from '../support/commands.js';
import { nameOf } from '../support/emitted.js';
import '../support/git.js';
import { type Built, build, the } from '../support/kubectl.js';
import { kindOf, schemaProblems } from '../support/strict-schema.js';

let close = () => {};
beforeAll(async () => {
  close = await serveCharts();
});
afterAll(() => close());

/** A repository in some states of an upgrade to rendered charts, each built. */
const journeys = [
  [
    'rendered charts on OpenShift',
    { 'istio-version': '1.30.5', render: true, platform: 'openshift', 'data-plane': 'ambient' },
    '1.31.1',
  ],
  ['the operator', { 'istio-version': '1.23.6', engine: 'flux' }, '1.24.6'],
] as const;

describe.each(journeys)('rendered charts that come after %s', (_, options, version) => {
  const states: (readonly [string, readonly Built[], Built | undefined])[] = [];
  const name = version.replaceAll('.', '-');

  beforeAll(
    () =>
      inScratch(async (folder) => {
        const look = (state: string) => {
          const delivery = join(folder, 'delivery/argo-cd/east.yaml');
          const project = existsSync(delivery) ? (loadAll(readFileSync(delivery, 'utf8'))[0] as Built) : undefined;
          states.push([state, build(join(folder, 'clusters/east')), project]);
        };
        await app(folder, { ...options, charts: chartsUrl, clusters: ['east', 'west'] });
        look('bootstrap');
        for (const through of ['add', 'default'] as const) {
          await revision(folder, version, { render: true, through });
          look(through);
        }
        const old = options['istio-version'];
        for (const part of ['gateways', 'control-plane', 'render' in options ? 'folder' : 'operator']) {
          const { text } = await command('retire', folder, { version: old, force: 'usage-unknown' });
          expect(text).toContain(`retire ${part}`);
        }
        look('retired');
      }),
    240_000,
  );

  const everywhere = (holds: (objects: readonly Built[], project: Built | undefined, state: string) => void) => {
    expect(states).toHaveLength(4);
    for (const [state, objects, project] of states) {
      try {
        holds(objects, project, state);
      } catch (error) {
        if (error instanceof Error) error.message = `${state}: ${error.message}`;
        throw error;
      }
    }
  };

  it('are installed from nothing but the repository', () =>
    everywhere((objects) => {
      expect(objects.filter(({ kind }) => ['Application', 'HelmRelease'].includes(kind))).toStrictEqual([]);
    }));

  it('bring the control plane of the cluster, with its own name and network', () =>
    everywhere((objects, _project, state) => {
      if (state === 'bootstrap') return;
      expect(the(objects, 'Deployment', `istiod-${name}`).spec.template.spec.containers[0].env).toContainEqual({
        name: 'CLUSTER_ID',
        value: 'east',
      });
      const { values } = the(objects, 'ConfigMap', `istio-sidecar-injector-${name}`).data;
      expect(JSON.parse(values).global).toMatchObject({ network: 'east', hub: 'docker.io/istio', tag: version });
    }));

  it('bring Istio’s CustomResourceDefinitions once, at the newest version, before the control planes, and for good', () =>
    everywhere((objects, _project, state) => {
      const found = objects.filter(({ metadata }) => metadata.name === 'wasmplugins.extensions.istio.io');
      if (state === 'bootstrap' && !('render' in options)) return expect(found).toStrictEqual([]);
      expect(found).toHaveLength(1);
      const { annotations, labels } = found[0].metadata;
      expect(labels['helm.sh/chart']).toBe(`base-${state === 'bootstrap' ? options['istio-version'] : version}`);
      expect(annotations['kustomize.toolkit.fluxcd.io/prune']).toBe('disabled');
      expect(annotations['argocd.argoproj.io/sync-options']).toBe('Prune=false,Delete=false');
      expect(annotations['argocd.argoproj.io/sync-wave'] ?? '20').toBe('20');
      for (const operator of objects.filter(({ kind }) => kind === 'IstioOperator'))
        expect(operator.spec.values.base.enableIstioConfigCRDs, nameOf(operator)).toBe(false);
    }));

  it('leave the default validator, tags and entry Services to the layers', () =>
    everywhere((objects) => {
      for (const [kind, each] of [
        ['ValidatingWebhookConfiguration', 'istiod-default-validator'],
        ['MutatingWebhookConfiguration', 'istio-revision-tag-default'],
        ['Service', 'istiod'],
      ] as const)
        expect(the(objects, kind, each).metadata.labels['istio.io/rev']).toBeDefined();
    }));

  it('have validators that Flux leaves as istiod made them', () =>
    everywhere((objects, _project, state) => {
      if (state === 'bootstrap') return;
      const { annotations } = the(
        objects,
        'ValidatingWebhookConfiguration',
        `istio-validator-${name}-istio-system`,
      ).metadata;
      expect(annotations['kustomize.toolkit.fluxcd.io/ssa']).toBe('IfNotPresent');
    }));

  it('have what runs on every node where it is needed, at the version of the default revision', () =>
    everywhere((objects, _project, state) => {
      const agents = objects.filter(({ kind }) => kind === 'DaemonSet');
      if (!('platform' in options)) return expect(agents).toStrictEqual([]);
      const expected = ['bootstrap', 'add'].includes(state) ? options['istio-version'] : version;
      expect(agents.map(({ spec }) => spec.template.spec.containers[0].image)).toStrictEqual([
        `docker.io/istio/install-cni:${expected}`,
        `docker.io/istio/ztunnel:${expected}`,
      ]);
      expect(agents[1].spec.template.spec.containers[0].env).toStrictEqual([
        { name: 'XDS_ADDRESS', value: `istiod-${expected.replaceAll('.', '-')}.istio-system.svc:15012` },
        { name: 'NETWORK', value: 'east' },
        { name: 'ISTIO_META_CLUSTER_ID', value: 'east' },
      ]);
      expect(agents[0].spec.template.metadata.annotations.platform).toBe('openshift');
    }));

  it('hold nothing that the project of Argo CD does not permit', () =>
    everywhere((objects, project) => {
      if (project === undefined) return expect(options).toHaveProperty('engine');
      expect(project.spec.sourceRepos).toHaveLength(1);
      const permitted = [...project.spec.clusterResourceWhitelist, ...project.spec.namespaceResourceWhitelist];
      for (const object of objects) {
        const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : '';
        const allowed = permitted.some((each: Built) => each.group === group && ['*', object.kind].includes(each.kind));
        expect(allowed, nameOf(object)).toBe(true);
      }
    }));

  it('have the fields of their kinds after the patches', () =>
    everywhere((objects) => {
      for (const object of objects.filter((each) => kindOf(each).startsWith('admissionregistration')))
        expect(schemaProblems(object), nameOf(object)).toStrictEqual([]);
    }));
});
