import { describe, expect, it } from 'vitest';
import { istioMinors } from '../../src/catalog/versions.js';
import { isSupported, meshWarnings } from '../../src/policy/warnings.js';
import { aMesh, upgraded } from '../support/a-mesh.js';

describe('a version', () => {
  it('is supported to the end of the last day, and not on the next', () => {
    expect(['2021-02-09', '2021-10-08', '2021-10-09'].map((day) => isSupported('1.9.9', day))).toStrictEqual([
      true,
      true,
      false,
    ]);
  });

  it('is supported where its end is not set, or where it is newer than the table', () => {
    expect(isSupported('1.31.1', '2026-11-22')).toBe(true);
    expect(isSupported('1.99.0', '2026-11-22')).toBe(true);
  });

  it('ends one after the other, and two are left', () => {
    const ends = istioMinors.flatMap(({ endOfSupport }) => endOfSupport ?? []);
    expect(ends).toStrictEqual(ends.toSorted());
    expect(
      istioMinors.filter(({ latest }) => isSupported(latest, '2026-11-22')).map(({ minor }) => minor),
    ).toStrictEqual(['1.30', '1.31']);
  });
});

describe('a mesh', () => {
  const today = '2026-11-22';
  const newest = { version: '1.31.1', install: 'helm' } as const;

  it('of a supported version and Istio’s own locations has nothing to warn of', () => {
    expect(meshWarnings(aMesh(newest), today)).toStrictEqual([]);
  });

  it('warns once of the newest version in its clusters, not of the one that goes', () => {
    const mesh = upgraded(aMesh({ clusters: ['east', 'west'] }), '1.10.3', 'cut');
    expect(meshWarnings(mesh, today)).toStrictEqual([expect.stringMatching(/^Istio 1\.10\.3 .* 2022-01-07/)]);
    expect(meshWarnings(mesh, '2022-01-07')).toStrictEqual([]);
  });

  it('warns of a version that nobody here knows', () => {
    const mesh = upgraded(aMesh(newest), '1.32.0', 'add');
    expect(meshWarnings(mesh, today)).toStrictEqual([expect.stringContaining('rendered like 1.31')]);
  });

  it.each(['gcr.io/istio-release', 'registry.istio.io/release'])('warns of the hub %s', (hub) => {
    expect(meshWarnings(aMesh({ ...newest, hub }), today)).toStrictEqual([expect.stringContaining('docker.io/istio')]);
  });

  it.each(['docker.io/istio', 'gcr.io/our-project/istio', 'registry.istio.io.example.com/istio'])(
    'takes the hub %s',
    (hub) => expect(meshWarnings(aMesh({ ...newest, hub }), today)).toStrictEqual([]),
  );
});
