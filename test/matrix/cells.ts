import { installs } from '../../src/catalog/catalog.js';
import { type IstioMinor, istioMinors, minorFor } from '../../src/catalog/versions.js';
import type { BootstrapRequest } from '../../src/changes/bootstrap.js';
import { type EngineName, engineNames, type InstallName, type Mesh, type PlatformName } from '../../src/model/mesh.js';
import { layout } from '../../src/plan/layout.js';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { checkDataPlane, newestOf } from '../../src/policy/versions.js';
import { render } from '../../src/render/render.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { fitting } from '../support/fitting-config.js';
import { renderedIn } from './releases.js';

/** One combination of what can be chosen. */
export interface Cell {
  readonly title: string;
  readonly mesh: Mesh;
}

/** How Istio gets into a cluster: the install methods, and charts that are rendered into the repository. */
const ways = {
  operator: { install: 'operator' },
  helm: { install: 'helm' },
  'helm --render': { install: 'helm', render: true },
  sail: { install: 'sail' },
} as const satisfies Readonly<Record<string, { install: InstallName; render?: true }>>;
type Way = keyof typeof ways;
const wayNames = Object.keys(ways) as Way[];

/** The minors that an install method can install, oldest first. */
function minorsOf(way: Way): IstioMinor[] {
  return istioMinors.filter((minor) => installs[ways[way].install].installs(minor));
}

/** The platforms that say something of what runs on nodes. */
const platforms: readonly PlatformName[] = ['openshift', 'bare-metal', 'gke', 'eks', 'aks', 'k3s', 'kind'];

/**
 * Every engine × way × namespaces × minor that the way can install; beside these, for a few minors, every platform with the
 * CNI node agent, ambient mode in every minor that has it, and all configuration that goes together in every minor of charts,
 * each with one engine after the other.
 *
 * In the middle of the upgrade from the minor before, so that old and new must get along; the oldest is bootstrapped. With
 * all kinds of gateways, and with admission policies wherever they may be.
 */
export function cells(charts: string): Cell[] {
  const all = wayNames.flatMap((way) => minorsOf(way).map((minor, at) => ({ way, minor, at })));
  const plain = engineNames.flatMap((engine) =>
    (['shared', 'dedicated'] as const).flatMap((gatewayNamespaces) =>
      all.map((each) => cell(charts, each.way, each.minor, { engine, gatewayNamespaces })),
    ),
  );
  const onPlatforms = all
    .filter(({ way, at }) => [1, Math.floor(minorsOf(way).length / 2), minorsOf(way).length - 1].includes(at))
    .flatMap(({ way, minor }) => platforms.map((platform) => ({ way, minor, platform })))
    .map(({ way, minor, platform }, at) => cell(charts, way, minor, { engine: engineAt(at), platform }));
  const ambient = all
    .filter(({ way, minor }) => hasAmbient(way, minor))
    .map(({ way, minor }, at) => cell(charts, way, minor, { engine: engineAt(at), dataPlane: 'ambient' }));
  const configured = all
    .filter(({ way }) => way !== 'operator')
    .flatMap(({ way, minor, at }) =>
      fitting(
        ...minorsOf(way)
          .slice(Math.max(0, at - 1), at + 1)
          .map(({ latest }) => latest),
      ).map((config) => ({ way, minor, config })),
    )
    .map(({ way, minor, config }, at) =>
      cell(charts, way, minor, { engine: engineAt(at + Math.floor(at / 2)), config }),
    );
  return [...plain, ...onPlatforms, ...ambient, ...configured];
}

function cell(charts: string, way: Way, minor: IstioMinor, choice: Partial<BootstrapRequest>): Cell {
  const { install } = ways[way];
  const { config, ...others } = choice;
  const title = [...Object.values(others), ...(config === undefined ? [] : [`${config.length} items`]), way].join(', ');
  const able = minorsOf(way).filter((each) => choice.dataPlane === undefined || hasAmbient(way, each));
  const previous = able[able.indexOf(minor) - 1];
  const version = (beside: readonly string[] = []) => newestOf(install, minor, beside);
  const before = previous && newestOf(install, previous);
  const start = aMesh({
    ...ways[way],
    ...choice,
    charts,
    version: before ?? version(),
    gateways: ['ingress', 'egress', 'eastwest'],
  });
  const guarded: Mesh = {
    ...start,
    ...(choice.platform === undefined ? {} : { cni: true }),
    admissionPolicies: Number(minorFor(before ?? version()).kubernetes[1].split('.')[1]) >= 30,
  };
  const problems = checkMesh(guarded);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const mesh = before === undefined ? guarded : upgraded(guarded, version([before]), 'blend');
  return { title: `${title}, ${Object.values(mesh.revisions).at(-1)?.version}`, mesh };
}

function hasAmbient(way: Way, minor: IstioMinor): boolean {
  const { install } = ways[way];
  const revision = { version: newestOf(install, minor), install, gateways: 'injected' } as const;
  return checkDataPlane({ dataPlane: 'ambient' } as Mesh, revision).length === 0;
}

/** One engine after the other. */
function engineAt(at: number): EngineName {
  return at % 2 === 0 ? 'argo-cd' : 'flux';
}

/** Every file of a cell, with what the real helm makes of charts. */
export async function filesOf({ mesh }: Cell): Promise<ReadonlyMap<string, string>> {
  const specs = layout(mesh);
  const charts = await renderedIn(specs);
  return new Map(specs.map((spec) => [spec.path, render(spec, charts).content]));
}
