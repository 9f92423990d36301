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
  it.each(installNames)('comes by the install method %s, and its control plane knows of it', (install) => {
    const version = newestVersion(install);
    const mesh: Mesh = { ...aMesh({ version, install, platform: 'gke' }), cni: true };
    expect(checkMesh(mesh)).toStrictEqual([]);
    const files = [...filesOf(mesh)];
    const agent = files.filter(([path]) => path.endsWith('/3-control-planes/cni.yaml'));
    expect(agent.map(([, text]) => text)).toStrictEqual([expect.stringContaining('/home/kubernetes/bin')]);
    const plane = files.filter(([path]) => /^revisions\/[^/]+\/control-plane\/(?!kustomization)/.test(path));
    expect(plane.map(([, text]) => text)).toStrictEqual([expect.stringMatching(/ cni:\n +enabled: true\n/)]);
  });

  it('comes as manifests where charts are rendered, with the paths of the platform', () => {
    const mesh: Mesh = { ...aMesh({ version: '1.30.5', install: 'helm', render: true, platform: 'gke' }), cni: true };
    const files = filesOf(mesh);
    expect(files.get('revisions/1-30-5/cni/values.yaml')).toContain('cniBinDir: /home/kubernetes/bin');
    expect(files.get('revisions/1-30-5/control-plane/production/values.yaml')).toMatch(/ cni:\n +enabled: true\n/);
    expect(files.get('clusters/production/3-control-planes/kustomization.yaml')).toContain('revisions/1-30-5/cni');
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
