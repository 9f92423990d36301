import { describe, expect, it } from 'vitest';
import type { BootstrapRequest } from '../../src/changes/bootstrap.js';
import type { Mesh } from '../../src/model/mesh.js';
import { type PhaseName, phaseNames } from '../../src/policy/phases.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { filesOf } from '../support/a-repository.js';

const meshes: readonly (readonly [string, Partial<BootstrapRequest>, string])[] = [
  ['the defaults, 1.9 → 1.10', { version: '1.9.5' }, '1.10.3'],
  [
    'three dedicated gateways in two OpenShift clusters, 1.22 → 1.23',
    {
      version: '1.22.8',
      platform: 'openshift',
      gateways: ['ingress', 'egress', 'eastwest'],
      gatewayNamespaces: 'dedicated',
      clusters: ['east', 'west'],
    },
    '1.23.6',
  ],
  [
    'operator gateways and a control plane namespace per revision, 1.10 → 1.11',
    {
      version: '1.10.6',
      gatewayInstall: 'operator',
      gateways: ['ingress', 'eastwest'],
      controlPlaneNamespaces: 'per-revision',
    },
    '1.11.8',
  ],
];

describe.each(meshes)('the diff of each phase: %s', (_, answers, version) => {
  const start = aMesh(answers);
  const gateways = Object.keys(start.gateways);
  const clusters = Object.keys(start.clusters);
  const phases = new Map(phaseNames.map((phase) => [phase, diffOf(start, version, phase, answers.gatewayInstall)]));
  const diff = (phase: PhaseName) => phases.get(phase) ?? new Map();
  const inClusters = (phase: PhaseName) => [...diff(phase).keys()].filter((path) => path.startsWith('clusters/'));

  it('adding a revision writes no byte into the folder of an older one', () => {
    const [old = ''] = Object.keys(start.revisions);
    const added = [...diff('add').keys()].filter((path) => path.startsWith('revisions/'));
    expect(added.length).toBeGreaterThan(0);
    expect(added.filter((path) => path.startsWith(`revisions/${old}/`))).toStrictEqual([]);
  });

  it('adding a revision switches nothing: no file of 5-switch changes', () => {
    expect(inClusters('add').filter((path) => path.includes('/5-switch/'))).toStrictEqual([]);
  });

  it('workloads moves the tags alone', () => {
    expect(inClusters('workloads')).toStrictEqual(
      clusters.map((cluster) => `clusters/${cluster}/5-switch/tag-prod.yaml`),
    );
  });

  it.each(['blend', 'cut'] as const)('%s changes one file per gateway in a cluster, by one line', (phase) => {
    const selectors = clusters.flatMap((cluster) =>
      gateways.map((gateway) => `clusters/${cluster}/5-switch/${gateway}.selector.json`),
    );
    expect(inClusters(phase).toSorted()).toStrictEqual(selectors.toSorted());
    for (const path of selectors) expect(diff(phase).get(path), path).toBe(1);
  });

  it('default changes what the default revision is, and what exists once in a cluster', () => {
    for (const path of inClusters('default')) {
      expect(path).toMatch(/\/(5-switch\/(default-[a-z]+|kustomization)\.yaml|3-control-planes\/cni\.yaml)$/);
    }
  });

  it('no phase changes what a person has applied by hand, or what is the team’s', () => {
    for (const phase of phaseNames) {
      const wrong = [...diff(phase).keys()].filter((path) => /^delivery\/argo-cd\/[^/]+\.yaml$|\/custom\//.test(path));
      expect(wrong, phase).toStrictEqual([]);
    }
  });
});

/** Every file that a phase changes, with the number of its lines that are new. */
function diffOf(
  start: Mesh,
  version: string,
  phase: PhaseName,
  gateways: BootstrapRequest['gatewayInstall'],
): Map<string, number> {
  const earlier = phaseNames[phaseNames.indexOf(phase) - 1];
  const before = filesOf(earlier === undefined ? start : upgraded(start, version, earlier, gateways));
  const after = filesOf(upgraded(start, version, phase, gateways));
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
  return new Map(changed.map((path) => [path, newLines(before.get(path) ?? '', after.get(path) ?? '')]));
}

function newLines(before: string, after: string): number {
  const known = new Set(before.split('\n'));
  return after.split('\n').filter((line) => !known.has(line)).length;
}
