import { describe, expect, it } from 'vitest';
import { platforms } from '../../src/catalog/kinds.js';
import { since } from '../../src/catalog/versions.js';
import { installNames, type Mesh, platformNames } from '../../src/model/mesh.js';
import { checkMesh } from '../../src/policy/check-mesh.js';
import { checkNodeAgent } from '../../src/policy/node-agent.js';
import { newestVersion } from '../../src/policy/versions.js';
import { aMesh, upgraded } from '../support/a-mesh.js';
import { filesOf } from '../support/a-repository.js';
import { type Emitted, emit, nameOf, ofKind } from '../support/emitted.js';
import { istioOperatorProblems } from '../support/istio-operator-schema.js';
import { controlPlanes } from './claims/operators.js';

/** Where plugins and their configuration are, as far as it is not where Istio looks by itself. */
const paths: Partial<Readonly<Record<Mesh['platform'], object>>> = {
  gke: { cniBinDir: '/home/kubernetes/bin' },
  k3s: {
    cniBinDir: '/var/lib/rancher/k3s/data/current/bin',
    cniConfDir: '/var/lib/rancher/k3s/agent/etc/cni/net.d',
  },
};

describe.each(['gke', 'k3s', 'eks', 'kind'] as const)('a mesh that asks for the node agent on %s', (platform) => {
  it.each([
    ['1.9.9', '1.10.6'],
    ['1.21.6', '1.22.8'],
    ['1.22.8', '1.23.6'],
  ])('has one, which moves with the default, and control planes that know of it: %s → %s', async (from, to) => {
    const start: Mesh = { ...aMesh({ version: from, platform }), cni: true };
    expect(checkMesh(start)).toStrictEqual([]);
    for (const [phase, version] of [
      ['cut', from],
      ['default', to],
    ] as const) {
      const [emitted] = (await emit(upgraded(start, to, phase))) as [Emitted];
      const agents = ofKind(emitted, 'IstioOperator').filter(({ spec }) => spec.components.cni?.enabled);
      expect(agents.map(({ spec }) => [spec.tag, spec.components.cni.namespace])).toStrictEqual([
        [version, 'kube-system'],
      ]);
      expect(agents[0].spec.values.cni).toStrictEqual(paths[platform]);
      const planes = controlPlanes(emitted.objects);
      expect(planes).toHaveLength(2);
      for (const { spec } of planes) {
        const knows = since(spec.tag, '1.22') ? spec.values.pilot.cni : spec.values.istio_cni;
        expect(knows).toStrictEqual({ enabled: true });
        expect(spec.values.pilot.autoscaleEnabled).toBe(true);
      }
      for (const object of [...agents, ...planes]) {
        expect(istioOperatorProblems(object, object.spec.tag, 'merges'), nameOf(object)).toStrictEqual([]);
      }
    }
  });
});

describe('the node agent', () => {
  // Whatever installs: a mesh that asks for it gets it, or is told that it cannot.
  it.each(installNames)('is emitted, or refused, by the install method %s', (install) => {
    const version = newestVersion(install);
    const mesh: Mesh = { ...aMesh({ version, install, platform: 'gke' }), cni: true };
    if (checkMesh(mesh).length > 0) {
      return expect(checkMesh(mesh).map(({ rule }) => rule)).toStrictEqual(['platform-install']);
    }
    const agent = [...filesOf(mesh)].filter(([path]) => path.endsWith('/3-control-planes/cni.yaml'));
    expect(agent.map(([, text]) => text)).toStrictEqual([expect.stringContaining('/home/kubernetes/bin')]);
  });

  it.each(platformNames)(
    'on %s is there where the platform needs it, and else only where it is asked for',
    (platform) => {
      const files = [...filesOf(aMesh({ platform })).keys()];
      expect(files.some((path) => path.endsWith('/cni.yaml'))).toBe(platform === 'openshift');
    },
  );

  it('finds the plugins of a newer K3s in their new folder', () => {
    expect(platforms.k3s.cni?.values('1.25.5')).toMatchObject({ cni: { cniBinDir: '/var/lib/rancher/k3s/data/cni' } });
  });

  it('never goes while a revision may count on it', () => {
    const without = aMesh({ platform: 'gke' });
    const asked: Mesh = { ...without, cni: true };
    expect(checkNodeAgent(asked, without).map(({ rule }) => rule)).toStrictEqual(['node-agent']);
    expect(checkNodeAgent(without, asked)).toStrictEqual([]);
    expect(checkNodeAgent(asked, asked)).toStrictEqual([]);
  });
});
