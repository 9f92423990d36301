import { locationsThatEnd } from '../catalog/locations.js';
import { istioMinors, minorFor } from '../catalog/versions.js';
import type { Mesh } from '../model/mesh.js';
import { revisionOf } from '../model/revision.js';
import { isKnown } from './versions.js';

/** What a person should know of a mesh before it goes on with it, on a day (YYYY-MM-DD). Nothing of it is refused. */
export function meshWarnings(mesh: Mesh, today: string): string[] {
  const newest = Object.values(mesh.clusters).map(({ revisions }) => revisionOf(mesh, revisions.at(-1) ?? '').version);
  return [...[...new Set(newest)].flatMap((version) => versionWarnings(version, today)), ...locationWarnings(mesh)];
}

/** Whether Istio still mends the minor of a version on a day; one that is newer than the table is taken for supported. */
export function isSupported(version: string, today: string): boolean {
  const { endOfSupport } = minorFor(version);
  return endOfSupport === undefined || today <= endOfSupport;
}

function versionWarnings(version: string, today: string): string[] {
  if (!isKnown(version))
    return [
      `This release does not know Istio ${version}: it is rendered like ${istioMinors.at(-1)?.minor}, the newest that it knows. Look for a newer generator-istio-prod.`,
    ];
  if (isSupported(version, today)) return [];
  const { minor, endOfSupport } = minorFor(version);
  return [
    `Istio ${version} gets no fixes, also none of security: support of ${minor} ended on ${endOfSupport}. Upgrade, one minor at a time: yo istio-prod:versions names the next.`,
  ];
}

function locationWarnings({ hub, charts }: Mesh): string[] {
  return Object.entries({ hub, charts }).flatMap(([key, location]) =>
    locationsThatEnd
      .filter(({ start }) => start.test(location))
      .map(
        ({ instead }) =>
          `${key} of istio-prod.yaml is ${location}, which Istio takes down in December 2026: take ${instead}, or a mirror of it.`,
      ),
  );
}
