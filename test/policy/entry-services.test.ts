import { describe, expect, it } from 'vitest';
import { entryService } from '../../src/catalog/entry-service.js';
import { platforms } from '../../src/catalog/kinds.js';
import { type Mesh, platformNames } from '../../src/model/mesh.js';
import { checkEntryServices, checkLoadBalancers } from '../../src/policy/entry-services.js';
import { aMesh } from '../support/a-mesh.js';
import { edited, of } from '../support/broken-meshes.js';

const rules = (problems: readonly { readonly rule: string }[]) => problems.map(({ rule }) => rule);
const gateway = 'istio-ingressgateway';

/** A mesh on a platform, with more said of its ingress gateway. */
function on(platform: Mesh['platform'], more: Partial<Mesh['gateways'][string]> = {}): Mesh {
  return edited(aMesh({ platform, gateways: ['ingress', 'egress'] }), (mesh) =>
    Object.assign(of(mesh.gateways, gateway), more),
  );
}

describe('an entry Service', () => {
  it.each(platformNames)('on %s is never taken away, whatever the mesh says', (platform) => {
    const { annotations } = entryService(
      on(platform, { annotations: { 'kustomize.toolkit.fluxcd.io/prune': null, 'example.com/a': 'b' } }),
      gateway,
    );
    expect(annotations).toMatchObject({ 'kustomize.toolkit.fluxcd.io/prune': 'disabled', 'example.com/a': 'b' });
    expect(annotations['argocd.argoproj.io/sync-options']).toContain('Prune=false');
  });

  it.each(platformNames.filter((name) => platforms[name].loadBalancers !== undefined))(
    'on %s is public or private by annotations that differ, each of which can be taken away',
    (platform) => {
      const [external, internal] = (['external', 'internal'] as const).map((exposure) =>
        entryService(on(platform, { exposure }), gateway),
      );
      expect(external?.annotations).not.toStrictEqual(internal?.annotations);
      const taken = Object.fromEntries(
        Object.keys(platforms[platform].loadBalancers?.internal ?? {}).map((key) => [key, null]),
      );
      const bare = entryService(on(platform, { exposure: 'internal', annotations: taken }), gateway).annotations;
      expect(bare).toStrictEqual(entryService(on('kubernetes'), gateway).annotations);
    },
  );

  it('has the traffic policy of the mesh, and none where it says nothing', () => {
    expect(entryService(on('gke', { externalTrafficPolicy: 'Local' }), gateway).spec).toMatchObject({
      externalTrafficPolicy: 'Local',
    });
    expect(entryService(on('gke'), gateway).spec).not.toHaveProperty('externalTrafficPolicy');
  });
});

describe('a mesh', () => {
  it.each(['gke', 'eks', 'aks'] as const)('may have internal gateways on %s', (platform) => {
    expect(checkEntryServices(on(platform, { exposure: 'internal' }))).toStrictEqual([]);
  });

  it.each(['kubernetes', 'openshift', 'bare-metal', 'k3s', 'kind'] as const)(
    'on %s has an internal gateway only with annotations that make it one',
    (platform) => {
      expect(rules(checkEntryServices(on(platform, { exposure: 'internal' })))).toStrictEqual(['exposure-unknown']);
      const annotations = { 'example.com/internal': 'true' };
      expect(checkEntryServices(on(platform, { exposure: 'internal', annotations }))).toStrictEqual([]);
    },
  );

  it.each([{ exposure: 'external' }, { externalTrafficPolicy: 'Local' }] as const)(
    'gives no egress gateway %j',
    (more) => {
      const mesh = edited(on('gke'), (draft) => Object.assign(of(draft.gateways, 'istio-egressgateway'), more));
      expect(rules(checkEntryServices(mesh))).toStrictEqual(['no-load-balancer']);
    },
  );
});

describe('an edit', () => {
  it.each([
    ['another exposure', on('gke'), on('gke', { exposure: 'internal' })],
    ['a platform with other annotations', on('kubernetes'), on('gke')],
    ['a platform without load balancers', on('kubernetes'), on('bare-metal')],
  ])('is refused: %s', (_, before, after) => {
    expect(checkLoadBalancers(before, after)).toMatchObject([{ rule: 'load-balancer', forcible: true }]);
  });

  it.each([
    ['annotations', on('gke'), on('gke', { annotations: { 'example.com/a': 'b' } })],
    ['what is the default', on('gke'), on('gke', { exposure: 'external' })],
    ['a platform that is the same to a load balancer', on('kubernetes'), on('k3s')],
    [
      'a gateway that comes',
      on('gke'),
      edited(on('gke'), (mesh) => {
        mesh.gateways['public'] = { kind: 'ingress', exposure: 'internal' };
      }),
    ],
  ])('may change %s', (_, before, after) => expect(checkLoadBalancers(before, after)).toStrictEqual([]));
});
