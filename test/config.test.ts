import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { configItems, mergedConfig } from '../src/catalog/config.js';
import { meshConfig } from '../src/catalog/mesh-settings.js';
import { istioMinors } from '../src/catalog/versions.js';
import { bootstrap } from '../src/changes/bootstrap.js';
import type { Mesh } from '../src/model/mesh.js';
import { fits, rangeOf } from '../src/policy/check-config.js';
import { request } from './support/a-mesh.js';
import { filesOf } from './support/a-repository.js';
import { adoptedMesh } from './support/adopted-mesh.js';
import { configuredMesh, install } from './support/fitting-config.js';
import { istioOperatorProblems } from './support/istio-operator-schema.js';
import { istioProblems } from './support/istio-schemas.js';
import type { Built } from './support/kubectl.js';
import { filesBelow, project, textOf } from './support/source-files.js';

const names = Object.keys(configItems);

/** The first and the last minor of an item: all that lie between are in `npm run test:matrix`, with real builds. */
const cells = Object.entries(configItems).flatMap(([name, item]) => {
  const versions = istioMinors.map(({ latest }) => latest).filter((version) => fits(item, version));
  return [...new Set([versions[0] ?? '', versions.at(-1) ?? ''])].map((version) => [name, version] as const);
});

/** What the scenarios begin with that upgrade a mesh with configuration. */
const carried = filesBelow('test/scenarios')
  .filter((path) => /carried-along[^/]*\/given\.yaml$/.test(path))
  .map(textOf);

describe('an item of configuration', () => {
  it.each(cells)('%s is what Istio %s serves and takes, and nothing of it is left out', (name, version) => {
    const mesh = configuredMesh([name], version);
    expect(settingsProblems(mesh)).toStrictEqual([]);
    const with_ = filesOf(mesh);
    const without = filesOf({ ...mesh, config: {} });
    const changed = [...with_].filter(([path, text]) => without.get(path) !== text);
    const emitted = changed.filter(([path]) => !/^(README|docs\/configuration)\.md$/.test(path));
    expect(emitted.length, 'it does something').toBeGreaterThan(0);
    for (const [path, text] of emitted.filter(([each]) => each.endsWith('.yaml'))) {
      for (const object of objectsOf(text)) {
        if (!/^(networking|security|telemetry)\.istio\.io\//.test(object.apiVersion)) continue;
        // Not built here: what the folder's patch takes out of its EnvoyFilters (built in test/emitted and in the matrix).
        if (with_.has(join(dirname(path), 'without-priority.json'))) delete object.spec.priority;
        for (const { version: live } of Object.values(mesh.revisions))
          expect(istioProblems(object, live), `${path} in ${live}`).toStrictEqual([]);
      }
    }
  });

  it.each(names.flatMap((name) => outside(name).map((version) => [name, version] as const)))(
    '%s is refused for Istio %s, with the versions that it is for',
    (name, version) => {
      const outcome = bootstrap({ ...request, version, install: install(version), config: [name] });
      const problems = 'problems' in outcome ? outcome.problems.filter(({ rule }) => rule !== 'config-unfit') : [];
      expect(problems).toMatchObject([{ rule: 'config-version', message: expect.stringContaining(version) }]);
      const item = configItems[name];
      expect(problems[0]?.message).toContain(item === undefined ? '' : rangeOf(item));
    },
  );

  it.each(names)('%s has no settings but those that its schema describes', (name) => {
    const shape = configItems[name]?.settings.shape ?? {};
    for (const [key, { description }] of Object.entries(shape)) expect(description, key).toMatch(/\S/);
  });

  it.each(names)('%s is carried along in the diff of an upgrade', (name) => {
    expect(carried.filter((given) => new RegExp(`[",]${name}[",]`).test(given))).not.toStrictEqual([]);
  });

  it('has its templates in a folder of its name', () => {
    for (const folder of readdirSync(join(project, 'templates/config'))) expect(names).toContain(folder);
  });
});

/** What is wrong with the mesh settings and values in the eyes of each live version. */
function settingsProblems(mesh: Mesh): string[] {
  const spec = { meshConfig: meshConfig(mesh), values: mergedConfig(mesh, 'values') };
  return Object.values(mesh.revisions).flatMap(({ version }) => istioOperatorProblems({ spec }, version, 'merges'));
}

function objectsOf(text: string): Built[] {
  return (loadAll(text, { schema: YAML11_SCHEMA }) as Built[]).filter((object) => object?.apiVersion !== undefined);
}

/** The nearest versions that an item is not for. */
function outside(name: string): string[] {
  const item = configItems[name];
  const versions = istioMinors.map(({ latest }) => latest);
  const able = versions.map((version) => item !== undefined && fits(item, version));
  return versions.filter((_, at) => !able[at] && (able[at - 1] || able[at + 1]));
}

describe('what is written into an adopted mesh has its names', () => {
  const mesh = {
    ...adoptedMesh('helm-revisioned'),
    config: { 'sidecar-scope': { hosts: ['*/*'] }, 'upgrade-alerts': { labels: {} } },
  };

  it('the example of a Sidecar lets the namespaces of the mesh be seen', () => {
    const [sidecar] = loadAll(filesOf(mesh).get('docs/examples/sidecar-scope.yaml') ?? '') as Built[];
    expect(sidecar?.spec.egress[0].hosts).toStrictEqual(['./*', 'team-b/*', 'istio-system/*', 'mesh-config/*']);
  });

  it('the alert of errors is for its gateways, old and new, whatever they are called', () => {
    const [alerts] = loadAll(filesOf(mesh).get('bases/mesh-config/mesh/upgrade-alerts.yaml') ?? '') as Built[];
    const all: readonly { readonly alert: string; readonly expr: string }[] = alerts?.spec.groups[0].rules;
    const errors = all.find(({ alert }) => alert === 'IstioGatewayErrors')?.expr ?? '';
    const [, expression = ''] = /source_workload=~"([^"]+)"}/.exec(errors) ?? [];
    const matches = (workload: string) => new RegExp(`^(?:${expression})$`).test(workload);
    expect(['istio-edge', 'istio-edge-1-23-6'].filter(matches)).toHaveLength(2);
    expect(['istio-edge-cache', 'shop'].filter(matches)).toStrictEqual([]);
  });
});
