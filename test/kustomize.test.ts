import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMesh } from '../src/policy/check-mesh.js';
import { aMesh, upgraded } from './support/a-mesh.js';
import { filesOf, inScratch, writeAll } from './support/a-repository.js';
import { edited, of } from './support/broken-meshes.js';
import { type Built, build, the } from './support/kubectl.js';
import { filesBelow, project, textOf } from './support/source-files.js';

describe('the switch, in the built objects', () => {
  const start = aMesh();
  it.each([
    ['old', start, { istio: 'ingressgateway', version: '1_9_5' }],
    ['both', upgraded(start, '1.10.3', 'blend'), { istio: 'ingressgateway' }],
    ['new', upgraded(start, '1.10.3', 'cut'), { istio: 'ingressgateway', version: '1_10_3' }],
  ])('selects %s', (_, mesh, selector) =>
    inScratch((folder) => {
      writeAll(folder, filesOf(mesh));
      const objects = build(join(folder, 'clusters/production'));
      expect(the(objects, 'Service', 'istio-ingressgateway').spec.selector).toStrictEqual(selector);
    }),
  );
});

describe('a raised minimum of a gateway, in the built objects', () => {
  const cut = upgraded(aMesh(), '1.10.3', 'cut');
  const raised = edited(cut, ({ clusters }) => {
    of(clusters, 'production').minReplicas = { 'istio-ingressgateway': { '1-9-5': 4, '1-10-3': 5 } };
  });
  it('holds for a plain Deployment and for an IstioOperator, and nothing else changes', () =>
    inScratch((folder) => {
      const [before, after] = [cut, raised].map((mesh, at) => {
        writeAll(join(folder, String(at)), filesOf(mesh));
        return build(join(folder, String(at), 'clusters/production'));
      });
      const injected = the(after ?? [], 'HorizontalPodAutoscaler', 'istio-ingressgateway-1-10-3');
      const operated = the(after ?? [], 'IstioOperator', 'istio-ingressgateway-1-9-5');
      expect(injected.spec.minReplicas).toBe(5);
      expect(operated.spec.components.ingressGateways[0].k8s.hpaSpec.minReplicas).toBe(4);
      injected.spec.minReplicas = operated.spec.components.ingressGateways[0].k8s.hpaSpec.minReplicas = 2;
      expect(after).toStrictEqual(before);
    }));
});

it('the most pods of a gateway hold for a plain Deployment and for an IstioOperator', () =>
  inScratch((folder) => {
    const mesh = edited(upgraded(aMesh(), '1.10.3', 'add'), ({ gateways, clusters }) => {
      of(gateways, 'istio-ingressgateway').maxReplicas = 24;
      of(clusters, 'production').minReplicas = { 'istio-ingressgateway': { '1-10-3': 12 } };
    });
    expect(checkMesh(mesh)).toStrictEqual([]);
    writeAll(folder, filesOf(mesh));
    const objects = build(join(folder, 'clusters/production'));
    expect(the(objects, 'HorizontalPodAutoscaler', 'istio-ingressgateway-1-10-3').spec).toMatchObject({
      minReplicas: 12,
      maxReplicas: 24,
    });
    const operated = the(objects, 'IstioOperator', 'istio-ingressgateway-1-9-5');
    expect(operated.spec.components.ingressGateways[0].k8s.hpaSpec).toMatchObject({ minReplicas: 2, maxReplicas: 24 });
  }));

describe('every kustomization of the examples', () => {
  const folders = filesBelow('examples')
    .filter((path) => path.endsWith('/kustomization.yaml') && !textOf(path).includes('kind: Component'))
    .map((path) => path.replace('/kustomization.yaml', ''));

  const built = new Map<string, Built[]>();
  const objectsOf = (folder: string) => {
    const objects = built.get(folder) ?? build(join(project, folder));
    built.set(folder, objects);
    return objects;
  };

  it.each(folders)('%s builds, and to something', (folder) => {
    expect(objectsOf(folder).length).toBeGreaterThan(0);
  });

  it('builds a cluster to what its layers build to', () => {
    const names = (objects: readonly Built[]) =>
      objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).toSorted();
    for (const cluster of folders.filter((folder) => /clusters\/[^/]+$/.test(folder))) {
      const layers = folders.filter((folder) => folder.startsWith(`${cluster}/`)).flatMap(objectsOf);
      expect(names(layers)).toStrictEqual(names(objectsOf(cluster)));
    }
  });
});
