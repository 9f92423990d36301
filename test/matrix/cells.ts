import { installs } from '../../src/catalog/catalog.js';
import { type IstioMinor, istioMinors, minorFor } from '../../src/catalog/versions.js';
import { engineNames, type InstallName, installNames, type Mesh } from '../../src/model/mesh.js';
import { newestOf } from '../../src/policy/versions.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { filesOf } from '../support/a-repository.js';

/** One combination of what can be chosen. */
export interface Cell {
  readonly title: string;
  readonly mesh: Mesh;
  readonly files: ReadonlyMap<string, string>;
}

/** The minors that an install method can install, oldest first. */
function minorsOf(install: InstallName): IstioMinor[] {
  return istioMinors.filter((minor) => installs[install].installs(minor));
}

const choices = engineNames.flatMap((engine) =>
  installNames.flatMap((install) =>
    (['shared', 'dedicated'] as const).flatMap((gatewayNamespaces) =>
      minorsOf(install).map((minor, at, minors) => ({
        engine,
        install,
        gatewayNamespaces,
        version: newestOf(install, minor),
        before: minors
          .slice(0, at)
          .map((each) => newestOf(install, each))
          .at(-1),
      })),
    ),
  ),
);

/**
 * Every engine × install method × namespaces × minor that the method can install.
 *
 * In the middle of the upgrade from the minor before, so that old and new must get along; the oldest is bootstrapped. With
 * all kinds of gateways, and with admission policies wherever they may be.
 */
export function cells(charts: string): Cell[] {
  return choices.map(({ version, before, ...choice }) => {
    const start = aMesh({ ...choice, charts, version: before ?? version, gateways: ['ingress', 'egress', 'eastwest'] });
    const admissionPolicies = Number(minorFor(before ?? version).kubernetes[1].split('.')[1]) >= 30;
    const guarded = { ...start, admissionPolicies };
    const mesh = before === undefined ? guarded : upgraded(guarded, version, 'blend');
    const title = `${choice.engine}, ${choice.install}, ${choice.gatewayNamespaces}, ${version}`;
    return { title, mesh, files: filesOf(mesh) };
  });
}
