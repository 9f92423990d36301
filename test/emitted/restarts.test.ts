import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addRevision } from '../../src/changes/add-revision.js';
import { rollBack } from '../../src/changes/roll-back.js';
import type { Mesh } from '../../src/model/mesh.js';
import { aMesh } from '../support/a-mesh.js';
import { filesOf, inScratch, writeAll } from '../support/a-repository.js';
import { edited, of } from '../support/broken-meshes.js';
import { type Built, build, the } from '../support/kubectl.js';

const key = 'istio-prod/restarted-for';
const pod = 'spec: { containers: [{ name: app, image: app }, { name: other, image: other }] }';

/** What a team has: all kinds of workloads, with and without annotations, and a file that other folders have as their base. */
const team = new Map([
  [
    'apps/base/workloads.yaml',
    `
{ apiVersion: apps/v1, kind: Deployment, metadata: { name: bare }, spec: { template: { ${pod} } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: annotated, annotations: { own: "1" } }
spec: { template: { metadata: { annotations: { kubectl.kubernetes.io/restartedAt: "2020" }, labels: { a: b } }, ${pod} } }
---
{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: daemon }, spec: { template: { metadata: { labels: { a: b } }, ${pod} } } }
---
{ apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: { name: canary }, spec: { template: { ${pod} } } }
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: by-reference, annotations: { istio-prod/restarts: none } }
spec: { workloadRef: { apiVersion: apps/v1, kind: Deployment, name: bare } }
---
{ apiVersion: rollouts.kruise.io/v1beta1, kind: Rollout, metadata: { name: of-others }, spec: { disabled: false } }
---
{ apiVersion: batch/v1, kind: Job, metadata: { name: once }, spec: { template: { ${pod} } } }
---
{ apiVersion: v1, kind: Service, metadata: { name: app }, spec: { selector: { a: b } } }
`,
  ],
  ['apps/base/kustomization.yaml', 'resources: [workloads.yaml]\n'],
  [
    'apps/shop/kustomization.yaml',
    'namespace: shop\nresources: [../base]\ncomponents: [../../clusters/production/restarts/prod]\n',
  ],
  ['apps/plain/kustomization.yaml', 'namespace: shop\nresources: [../base]\n'],
  ['apps/empty/kustomization.yaml', 'components: [../../clusters/production/restarts/prod]\n'],
]);

const start = edited(aMesh(), ({ clusters }) => {
  of(clusters, 'production').restarted = { prod: '1-9-5' };
});

function meshesOf(outcome: ReturnType<typeof addRevision>): readonly Mesh[] {
  if ('problems' in outcome) throw new Error(JSON.stringify(outcome.problems));
  return outcome.steps.map(({ mesh }) => mesh);
}

const forward = meshesOf(addRevision(start, { version: '1.10.3', through: 'cut', forced: new Set() }));
const back = meshesOf(rollBack(forward.at(-1) ?? start, { all: true }));

/** Writes a mesh beside what the team has, and builds a folder. */
function built(folder: string, mesh: Mesh, path: string): Built[] {
  rmSync(folder, { recursive: true, force: true });
  writeAll(folder, new Map([...filesOf(mesh), ...team]));
  return build(join(folder, path));
}

const annotations = (object: Built) => object.spec.template?.metadata?.annotations;

describe('the component of a tag, built into the kustomization of a team', () => {
  it('restarts what has pods that stay, and leaves everything else as it was', () =>
    inScratch((folder) => {
      const plain = built(folder, start, 'apps/plain');
      const objects = built(folder, start, 'apps/shop');
      for (const [kind, name] of [
        ['Deployment', 'bare'],
        ['DaemonSet', 'daemon'],
        ['Rollout', 'canary'],
      ] as const) {
        expect(annotations(the(objects, kind, name)), name).toStrictEqual({ [key]: '1-9-5' });
        // Nothing but the annotation is new.
        delete the(objects, kind, name).spec.template.metadata.annotations;
        if (the(plain, kind, name).spec.template.metadata === undefined) {
          expect(the(objects, kind, name).spec.template.metadata).toStrictEqual({});
          delete the(objects, kind, name).spec.template.metadata;
        }
      }
      const stateful = annotations(the(objects, 'StatefulSet', 'annotated'));
      expect(stateful).toStrictEqual({ 'kubectl.kubernetes.io/restartedAt': '2020', [key]: '1-9-5' });
      delete stateful[key];
      expect(objects).toStrictEqual(plain);
    }));

  it('builds to nothing where there is nothing', () =>
    inScratch((folder) => expect(built(folder, start, 'apps/empty')).toStrictEqual([])));

  it('changes in the commit after the tag, forward and back, and in no other', () =>
    inScratch((folder) => {
      const seen = [start, ...forward, ...back].map((mesh) => {
        const cluster = built(folder, mesh, 'clusters/production');
        const tag = the(cluster, 'MutatingWebhookConfiguration', 'istio-revision-tag-prod');
        expect(JSON.stringify(cluster)).not.toContain(key);
        const [deployment] = build(join(folder, 'apps/shop')).filter(({ kind }) => kind === 'Deployment');
        return `${tag.metadata.labels['istio.io/rev']} ${annotations(deployment)[key]}`;
      });
      expect(seen).toStrictEqual([
        '1-9-5 1-9-5', // before
        '1-9-5 1-9-5', // add
        '1-10-3 1-9-5', // workloads
        '1-10-3 1-10-3', // workloads (restarts)
        '1-10-3 1-10-3', // blend
        '1-10-3 1-10-3', // cut
        '1-10-3 1-10-3', // and back: cut
        '1-10-3 1-10-3', // blend
        '1-9-5 1-10-3', // workloads
        '1-9-5 1-9-5', // workloads (restarts)
      ]);
    }));

  it('is named by kustomize where it is gone', () =>
    inScratch((folder) => {
      const gone = edited(start, ({ clusters }) => {
        delete of(clusters, 'production').restarted;
      });
      expect(() => built(folder, gone, 'apps/shop')).toThrow(/restarts\/prod/);
    }));
});
