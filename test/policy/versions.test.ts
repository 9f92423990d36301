import { describe, expect, it } from 'vitest';
import { checkName } from '../../src/policy/naming.js';
import {
  checkDataPlane,
  checkRevision,
  checkSkew,
  checkVersion,
  gatewayMaker,
  installOf,
  newestVersion,
} from '../../src/policy/versions.js';
import { aMesh } from '../support/a-mesh.js';

const rules = (problems: readonly { readonly rule: string }[]) => problems.map(({ rule }) => rule);

describe('a version', () => {
  it.each(['1.9.5', '1.10.3', '1.31.1', '1.10.0-beta.1'])('is %s', (version) => {
    expect(checkVersion(version)).toStrictEqual([]);
  });

  it.each(['', '1', '1.10', 'v1.10.3', '1.10.3 ', '01.10.3', '1.10.3.4', 'latest', '1_10_3', '1-10-3', '1.10.x'])(
    'is not "%s"',
    (version) => expect(rules(checkVersion(version))).toStrictEqual(['invalid-version']),
  );

  it('must make a name that Kubernetes takes', () => {
    expect(rules(checkVersion('1.10.3-RC.1'))).not.toStrictEqual([]);
  });

  it('that lacks its patch release is answered with the newest one', () => {
    expect(checkVersion('1.10')[0]?.fix).toContain('1.10.6');
    expect(checkVersion('v1.10.3')[0]?.fix).toContain('1.10.3');
  });
});

describe('an upgrade', () => {
  it.each([
    ['1.9.5', '1.9.9'],
    ['1.9.5', '1.10.0'],
    ['1.9.9', '1.10.6'],
    ['1.9.5', '1.9.5'],
    ['1.10.0-rc.1', '1.10.0'],
  ])('goes from %s to %s', (from, to) => expect(checkSkew('production', from, to)).toStrictEqual([]));

  it.each([
    ['1.9.5', '1.11.0', 'skip-minor'],
    ['1.9.5', '1.31.0', 'skip-minor'],
    ['1.9.5', '2.0.0', 'skip-minor'],
    ['1.10.3', '1.10.2', 'downgrade'],
    ['1.10.3', '1.9.9', 'downgrade'],
    ['2.0.0', '1.31.0', 'downgrade'],
  ])('does not go from %s to %s: %s', (from, to, rule) => {
    const problems = checkSkew('production', from, to);
    expect(rules(problems)).toStrictEqual([rule]);
    expect(problems[0]?.forcible).toBe(true);
    expect(problems[0]?.message).toContain('production');
  });

  it('that skips a minor is shown the way', () => {
    expect(checkSkew('production', '1.9.5', '1.12.9')[0]?.fix).toContain('1.10.6');
    expect(checkSkew('production', '1.31.1', '1.33.0')[0]?.fix).toContain('revision 1.32.PATCH');
  });
});

describe('a revision', () => {
  it.each([
    ['1.9.5', 'operator', 'operator', []],
    ['1.9.5', 'operator', 'injected', ['gateway-version']],
    ['1.10.3', 'operator', 'injected', []],
    ['1.10.3', 'operator', 'operator', []],
    ['1.23.6', 'operator', 'injected', []],
    ['1.24.0', 'operator', 'injected', ['install-version']],
    ['1.8.6', 'operator', 'operator', ['install-version']],
    ['1.99.0', 'operator', 'injected', ['install-version']],
    ['1.24.6', 'helm', 'injected', []],
    ['1.24.6', 'helm', 'operator', ['gateway-version']],
    ['1.9', 'operator', 'injected', ['invalid-version']],
  ] as const)('%s by %s with gateways by %s: %j', (version, install, gateways, expected) => {
    expect(rules(checkRevision({ version, install, gateways }))).toStrictEqual(expected);
  });

  it.each([
    ['1.23.6', 'helm', ['data-plane']],
    ['1.24.6', 'helm', []],
    ['1.25.5', 'sail', ['data-plane']],
    ['1.26.8', 'sail', []],
    ['1.23.6', 'operator', ['data-plane']],
  ] as const)('%s by %s in ambient mode: %j', (version, install, expected) => {
    const mesh = { ...aMesh(), dataPlane: 'ambient' as const };
    expect(rules(checkDataPlane(mesh, { version, install, gateways: 'injected' }))).toStrictEqual(expected);
  });

  it('is made by what can make it, where nobody chooses', () => {
    expect(['1.9.5', '1.10.0', '1.23.6'].map(gatewayMaker)).toStrictEqual(['operator', 'injected', 'injected']);
    expect(['1.9.5', '1.23.6', '1.24.0', undefined].map(installOf)).toStrictEqual([
      ...['operator', 'operator', 'helm', 'helm'],
    ]);
    expect(newestVersion('operator')).toMatch(/^1\.23\./);
    for (const install of ['operator', 'helm'] as const) {
      const version = newestVersion(install);
      expect(checkRevision({ version, install, gateways: gatewayMaker(version) })).toStrictEqual([]);
    }
  });
});

describe('a name', () => {
  it.each(['production', 'eu-west-1', 'a', '1', 'x'.repeat(63)])('is %s', (name) => {
    expect(checkName('The cluster', name, '--clusters')).toStrictEqual([]);
  });

  it.each(['', 'Production', 'eu_west', '-a', 'a-', 'a.b', 'a b', 'ä', '../a', 'x'.repeat(64)])(
    'is not "%s"',
    (name) => {
      expect(rules(checkName('The cluster', name, '--clusters'))).toStrictEqual(['invalid-name']);
    },
  );
});
