import { adopted } from '../model/adopted.js';
import { type Chart, type FileSpec, fromChart, fromObject, fromTemplate, fromValues } from '../model/file-spec.js';
import { kustomization } from '../model/kustomization.js';
import type { Contribution } from '../model/layers.js';
import type { Cluster, Mesh } from '../model/mesh.js';
import { clusterOf, controlPlaneNamespace, revisionOf } from '../model/revision.js';
import { baseValues, cniValues, istiodValues, settingsValues } from './chart-values.js';
import { merge } from './merge.js';
import { baseNamespace } from './namespaces.js';
import { isAmbient, nodeAgent } from './node-agent.js';
import { minorFor, since } from './versions.js';
import { ztunnelNamespace, ztunnelValues } from './ztunnel.js';

/** Whether the charts of a revision are manifests in the repository. */
export function isRendered(mesh: Mesh, revision: string): boolean {
  return revisionOf(mesh, revision).charts === 'rendered';
}

/**
 * The frozen manifests of a revision: its control plane once a cluster, because its settings are in texts that no patch
 * reaches (the values of the injector), what runs on every node, and the list of their images.
 */
export function renderedRevision(mesh: Mesh, name: string): FileSpec[] {
  const folder = `revisions/${name}`;
  const { version } = revisionOf(mesh, name);
  const clusters = Object.entries(mesh.clusters).filter(([, { revisions }]) => revisions.includes(name));
  const istiods = clusters.map(([cluster]) => [cluster, istiod(mesh, name, cluster)] as const);
  const agent = nodeAgent(mesh);
  const cni =
    agent === undefined ? [] : [chart(mesh, 'cni', version, 'istio-cni', agent.namespace, cniValues(mesh, version))];
  const ztunnels = clusters
    .filter(() => isAmbient(mesh))
    .map(([cluster]) => {
      const values = ztunnelValues(mesh, cluster, name);
      return [cluster, chart(mesh, 'ztunnel', version, 'ztunnel', ztunnelNamespace, values)] as const;
    });
  return [
    ...istiods.flatMap(([cluster, each]) =>
      manifests(`${folder}/control-plane/${cluster}`, each, writtenByIstiod(version), 'validator.patch.yaml'),
    ),
    ...cni.flatMap((each) => manifests(`${folder}/cni`, each)),
    ...ztunnels.flatMap(([cluster, each]) => manifests(`${folder}/ztunnel/${cluster}`, each)),
    ...istiods.slice(0, 1).map(
      ([, first]): FileSpec => ({
        path: `${folder}/images.txt`,
        ownership: 'frozen',
        source: {
          kind: 'images',
          charts: [first, ...cni, ...ztunnels.slice(0, 1).map(([, each]) => each)],
        },
      }),
    ),
  ];
}

/** The webhooks in whose manifests are fields that istiod writes: the failure policy of validators, and before 1.14 the CA of all, as an empty text. */
function writtenByIstiod(version: string): string {
  const validators = 'ValidatingWebhookConfiguration';
  return since(version, '1.14') ? validators : `MutatingWebhookConfiguration|${validators}`;
}

/** What rendered revisions share: Istio's CustomResourceDefinitions of each version that a cluster has. */
export function renderedBases(mesh: Mesh): FileSpec[] {
  const versions = new Set(Object.values(mesh.clusters).flatMap((cluster) => renderedBase(cluster) ?? []));
  const namespace = baseNamespace(mesh);
  return [...versions].flatMap((version) =>
    manifests(
      baseFolder(version),
      chart(mesh, 'base', version, 'istio-base', namespace, baseValues(namespace)),
      'CustomResourceDefinition|ServiceAccount',
      'keep.patch.yaml',
    ),
  );
}

/** What the rendered charts of a cluster add to its layers. */
export function renderedContributions(mesh: Mesh, name: string, revisions: readonly string[]): Contribution[] {
  const cluster = clusterOf(mesh, name);
  const base = renderedBase(cluster);
  // What runs on every node is the old installation's until the phase `default`.
  const agents = revisions.length > 0 && cluster.default !== adopted;
  return [
    ...(base === undefined ? [] : [{ layer: '2-operators' as const, resources: [baseFolder(base)] }]),
    {
      layer: '3-control-planes',
      resources: [
        ...revisions.map((revision) => `revisions/${revision}/control-plane/${name}`),
        ...(nodeAgent(mesh) === undefined || !agents ? [] : [`revisions/${cluster.default}/cni`]),
        ...(!isAmbient(mesh) || !agents ? [] : [`revisions/${cluster.default}/ztunnel/${name}`]),
      ],
      ...(revisions.length === 0
        ? {}
        : {
            files: [
              fromTemplate(deadline, 'managed', `overlays/clusters/__cluster__/3-control-planes/${deadline}`, {}),
            ],
            patches: [{ path: deadline, target: { kind: 'Deployment', name: 'istiod-.*' } }],
          }),
    },
  ];
}

const deadline = 'deadline.patch.yaml';

/** The version of the rendered definitions of a cluster; the chart of the Sail Operator would bring others. */
function renderedBase({ base, crds, sail }: Cluster): string | undefined {
  return base === 'rendered' && sail === undefined ? crds : undefined;
}

function baseFolder(version: string): string {
  return `bases/istio-base/${version}`;
}

function istiod(mesh: Mesh, revision: string, cluster: string): Chart {
  const { version } = revisionOf(mesh, revision);
  const values = merge(istiodValues(mesh, version, revision), settingsValues(mesh, cluster));
  return chart(mesh, 'istiod', version, `istiod-${revision}`, controlPlaneNamespace(mesh, revision), values);
}

function chart(mesh: Mesh, name: string, version: string, release: string, namespace: string, values: object): Chart {
  return {
    repository: mesh.charts,
    name,
    version,
    release,
    namespace,
    // The oldest that the minor supports: some API versions of old charts follow it, and are served by all that it supports.
    kubernetes: minorFor(version).kubernetes[0],
    values,
    hub: mesh.hub,
  };
}

/** A folder of one chart: its manifests, the values that they were rendered with, and what the kinds of `patched` need. */
function manifests(folder: string, each: Chart, patched = '', patch = ''): FileSpec[] {
  const file = `${each.name}.yaml`;
  return [
    fromObject(
      `${folder}/kustomization.yaml`,
      'frozen',
      kustomization({
        resources: [file],
        patches: patched === '' ? [] : [{ path: patch, target: { kind: patched } }],
      }),
    ),
    fromChart(`${folder}/${file}`, each),
    fromValues(`${folder}/values.yaml`, each),
    ...(patched === '' ? [] : [fromTemplate(`${folder}/${patch}`, 'frozen', `overlays/charts/${patch}`, {})]),
  ];
}
