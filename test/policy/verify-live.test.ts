import { describe, expect, it } from 'vitest';
import { type LiveLook, liveRules } from '../../src/policy/verify/live.js';
import { aMesh, upgraded } from '../support/a-mesh.js';

const mesh = aMesh({ version: '1.22.8' });
const healthy: LiveLook = {
  mesh,
  name: 'production',
  cluster: mesh.clusters['production'] as LiveLook['cluster'],
  kubernetes: 'v1.30.4-eks-1',
  argoSettings: ['url', 'resource.customizations.health.install.istio.io_IstioOperator'],
  wantedSettings: ['resource.customizations.health.install.istio.io_IstioOperator'],
  crds: '1.22.8',
};
const found = (look: LiveLook) =>
  liveRules.flatMap(({ name, find }) => find(look).map(({ message }) => `${name}: ${message}`));

describe('the rules of a live cluster', () => {
  it('find nothing where the cluster is as the repository takes it to be, or could not be asked', () => {
    expect(found(healthy)).toStrictEqual([]);
    expect(found({ ...healthy, kubernetes: undefined, argoSettings: undefined, crds: undefined })).toStrictEqual([]);
  });

  it.each([
    [
      { argoSettings: [] },
      'live-argo-health: The ConfigMap argocd-cm in the cluster has no resource.customizations.health.install.istio.io_IstioOperator.',
    ],
    [{ kubernetes: 'v1.31.0' }, 'live-kubernetes: Kubernetes is v1.31.0, and Istio 1.22.8 supports 1.27 to 1.30.'],
    [{ kubernetes: 'v1.26.9' }, 'live-kubernetes: Kubernetes is v1.26.9, and Istio 1.22.8 supports 1.27 to 1.30.'],
    [{ crds: '1.23.0' }, 'live-crds: They are of 1.23.0, and the repository brings 1.22.8.'],
  ])('find %j', (change, message) => expect(found({ ...healthy, ...change })).toStrictEqual([message]));

  it('take what the repository brings from "crds", from "sail", or from the newest revision, also one that goes', () => {
    const { cluster } = healthy;
    expect(found({ ...healthy, cluster: { ...cluster, crds: '1.23.1' }, crds: '1.23.1' })).toStrictEqual([]);
    const left = { ...cluster, crds: '1.23.1', base: 'operator' as const };
    expect(found({ ...healthy, cluster: left, crds: '1.23.1' })).toStrictEqual([]);
    expect(found({ ...healthy, cluster: { ...left, crds: '1.22.1' }, crds: '1.22.8' })).toStrictEqual([]);
    expect(found({ ...healthy, cluster: { ...cluster, sail: '1.30.1' }, crds: '1.30.2' })).toStrictEqual([
      'live-crds: The Sail Operator there is of 1.30.2, and the repository brings 1.30.1.',
    ]);
    const newer = upgraded(mesh, '1.23.6', 'add');
    const given = { ...newer.clusters['production'], retiring: { '1-23-6': 'control-plane' } } as LiveLook['cluster'];
    expect(found({ ...healthy, mesh: newer, cluster: given, crds: '1.23.6' })).toStrictEqual([]);
  });
});
