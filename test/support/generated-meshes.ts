import fc from 'fast-check';
import { installs } from '../../src/catalog/catalog.js';
import { configItems, defaultSettings } from '../../src/catalog/config.js';
import { type IstioMinor, istioMinors, since } from '../../src/catalog/versions.js';
import { addRevision, type UpgradeRequest } from '../../src/changes/add-revision.js';
import {
  engineNames,
  gatewayKindNames,
  type InstallName,
  installNames,
  type Mesh,
  meshSchema,
  platformNames,
} from '../../src/model/mesh.js';
import { revisionName } from '../../src/model/revision.js';
import { fits } from '../../src/policy/check-config.js';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { withSharedCharts } from '../../src/policy/shared-charts.js';
import { gatewayMaker, newestOf } from '../../src/policy/versions.js';

/** A mesh, and the meshes of the commits that upgrade it. */
export interface Journey {
  readonly start: Mesh;
  readonly steps: readonly Mesh[];
}

/** Legal names that one YAML or another reads as something else than a string. */
const nasty = ['on', 'off', 'y', 'n', 'no', 'yes', 'true', 'null', 'nan'] as const;
/** Names of clusters need no letter in front; those of gateways do, as they become names of Services. */
const nastier = [...nasty, '1e3', '0x1f', '12', '0o7', '1-2'] as const;

const gatewayName = fc.constantFrom(...nasty, 'istio-ingressgateway', 'public', 'a-b', 'e1');
const clusterName = fc.constantFrom(...nastier, 'production', 'eu-west-1');
const text = fc.constantFrom(
  'main',
  'release/1.10',
  '1_0',
  'on',
  '0x1f',
  '#1',
  "it's",
  '"q"',
  '{a}',
  '&a',
  '!b',
  '|',
  '%c',
);
const url = fc.constantFrom(
  'https://git.example.com/platform/istio.git',
  'git@github.com:platform/istio.git',
  'ssh://git@git.example.com:2222/istio#x',
  'https://gitlab.example.com/istio:#prod.git',
);

/** Every step from a minor to the next, by every install method that can make it, also from one method to another. */
const upgrades = istioMinors.flatMap((minor, at) => {
  const next = istioMinors[at + 1];
  if (next === undefined) return [];
  const able = (each: IstioMinor) => installNames.filter((install) => installs[install].installs(each));
  return able(minor).flatMap((install) =>
    able(next).map((nextInstall) => ({
      version: newestOf(install, minor),
      install,
      next: { version: newestOf(nextInstall, next), install: nextInstall },
    })),
  );
});

/** Meshes and their upgrades, of every kind that there is, with nasty but legal names. */
export const journeys: fc.Arbitrary<Journey> = fc
  .record({
    revisions: fc.constantFrom(...upgrades),
    operated: fc.boolean(),
    rendered: fc.boolean(),
    ambient: fc.boolean(),
    agent: fc.boolean(),
    guarded: fc.boolean(),
    engine: fc.constantFrom(...engineNames),
    platform: fc.constantFrom(...platformNames),
    controlPlane: fc.constantFrom('shared' as const, 'per-revision' as const),
    gatewayNamespaces: fc.constantFrom('shared' as const, 'dedicated' as const),
    order: fc.constantFrom('workloads-first' as const, 'gateways-first' as const),
    gateways: fc.dictionary(gatewayName, fc.constantFrom(...gatewayKindNames), { minKeys: 1, maxKeys: 3 }),
    clusters: fc.uniqueArray(clusterName, { minLength: 1, maxLength: 3 }),
    tags: fc.uniqueArray(fc.constantFrom(...nastier, 'prod', 'canary'), { maxLength: 2 }),
    branch: text,
    url,
    path: fc.constantFrom('.', 'mesh', 'on/1e3'),
    trustDomain: fc.constantFrom('cluster.local', '1.10', '1e3', 'on'),
    meshId: fc.constantFrom('mesh1', 'null', '0x1f'),
    hub: fc.constantFrom('docker.io/istio', 'registry.example.com:5000/istio', '1e3'),
    waves: fc.nat(2),
    restarts: fc.constantFrom('commands' as const, 'commits' as const, 'mixed' as const),
    upgradedFirst: fc.nat(2),
    config: fc.subarray(Object.keys(configItems), { maxLength: 8 }),
  })
  .map(({ revisions: { version, install, next }, operated, rendered, tags, clusters, upgradedFirst, ...choice }) => {
    const revision = revisionName(version);
    const maker = (by: InstallName) => (operated && by === 'operator' ? ('operator' as const) : undefined);
    const gateways = Object.keys(choice.gateways);
    const parsed = meshSchema.parse({
      engine: choice.engine,
      platform: choice.platform,
      ...(choice.ambient && install !== 'operator' && since(version, '1.26') ? { dataPlane: 'ambient' } : {}),
      ...(choice.agent ? { cni: true } : {}),
      hub: choice.hub,
      meshId: choice.meshId,
      trustDomain: choice.trustDomain,
      repository: { url: choice.url, branch: choice.branch, path: choice.path },
      namespaces: { controlPlane: choice.controlPlane, gateways: choice.gatewayNamespaces },
      upgrade: {
        order: choice.order,
        waves: tags.slice(0, choice.waves).map((tag, at) => ({ tag, namespaces: at === 0 ? ['on', '1e3'] : [] })),
      },
      // Istio 1.22 is the first that runs on a Kubernetes which has such policies.
      admissionPolicies: choice.guarded && since(version, '1.22'),
      revisions: {
        [revision]: {
          version,
          install,
          ...(rendered && install === 'helm' ? { charts: 'rendered' } : {}),
          gateways: maker(install) ?? gatewayMaker(version),
        },
      },
      gateways: Object.fromEntries(Object.entries(choice.gateways).map(([name, kind]) => [name, { kind }])),
      clusters: Object.fromEntries(
        clusters.map((name, at) => [
          name,
          {
            network: name,
            revisions: [revision],
            default: revision,
            tags: Object.fromEntries(tags.map((tag) => [tag, revision])),
            // Mixed: other clusters restart by commands, and this one some of its tags.
            ...(choice.restarts === 'commits' || (choice.restarts === 'mixed' && at === 0)
              ? {
                  restarted: Object.fromEntries(
                    tags.slice(choice.restarts === 'mixed' ? 1 : 0).map((tag) => [tag, revision]),
                  ),
                }
              : {}),
            serves: Object.fromEntries(gateways.map((gateway) => [gateway, [revision]])),
          },
        ]),
      ),
    });
    const plain = {
      ...parsed,
      clusters: Object.fromEntries(
        Object.entries(parsed.clusters).map(([name, cluster]) => [name, withSharedCharts(parsed, cluster)]),
      ),
    };
    const start = choice.config.reduce((mesh, name) => withConfig(mesh, name, next.version), plain);
    const wanted = { ...next, gateways: maker(next.install), render: rendered && next.install === 'helm' };
    const first = upgrade(start, wanted, [clusters[upgradedFirst % clusters.length] ?? '']);
    const rest = upgrade(first?.at(-1) ?? start, wanted, clusters);
    return checkMesh(start).length > 0 || first === undefined || rest === undefined
      ? undefined
      : { start, steps: [...first, ...rest] };
  })
  .filter((journey) => journey !== undefined);

/** The mesh with one more item of configuration, where it fits it and the version that it will go to. */
function withConfig(mesh: Mesh, name: string, next: string): Mesh {
  const item = configItems[name];
  const more = { ...mesh, config: { ...mesh.config, ...defaultSettings([name]) } };
  return item !== undefined && fits(item, next) && checkMesh(more).length === 0 ? more : mesh;
}

/** The meshes of an upgrade's commits; undefined where the command refuses it. */
function upgrade(
  mesh: Mesh,
  wanted: Pick<UpgradeRequest, 'version' | 'install' | 'gateways' | 'render'>,
  clusters: readonly string[],
): Mesh[] | undefined {
  const outcome = addRevision(mesh, { ...wanted, clusters, through: 'default', forced: new Set() });
  return 'problems' in outcome ? undefined : outcome.steps.map((step) => step.mesh);
}
