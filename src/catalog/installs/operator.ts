import { adopted } from '../../model/adopted.js';
import { fromObject, fromTemplate } from '../../model/file-spec.js';
import { kustomization } from '../../model/kustomization.js';
import type { Contribution } from '../../model/layers.js';
import type { Cluster, Mesh } from '../../model/mesh.js';
import {
  clusterOf,
  controlPlaneNamespace,
  controlPlaneRevisions,
  revisionName,
  revisionOf,
  versionLabel,
} from '../../model/revision.js';
import { bringsDefinitions } from '../definitions.js';
import { controlPlaneValues, meshConfig } from '../mesh-settings.js';
import { namespaceBase } from '../namespace-base.js';
import { operatedNamespaces } from '../namespaces.js';
import { nodeAgent } from '../node-agent.js';
import type { NodeAgent } from '../platforms/platform.js';
import { podSecurity } from '../pod-security.js';
import { defaultValidator } from '../validators.js';
import { since } from '../versions.js';
import type { Install } from './install.js';

/** The image name in the frozen Deployment; the cluster's layer replaces it by the mesh's hub. */
const operatorImage = 'istio/operator';

/**
 * The in-cluster Istio operator, one per revision (istio.io/docs/setup/install/operator, until 1.23).
 *
 * CRD and Namespace are shared by all revisions; the rest carries the revision's name. An operator with a revision
 * ignores the IstioOperators of other revisions.
 */
export const operator: Install = {
  title: 'operator: IstioOperator resources, Istio 1.9 to 1.23',

  installs: (minor) => minor.operator,

  baseFiles: (mesh) =>
    operatorRevisions(mesh, Object.keys(mesh.revisions)).length === 0
      ? []
      : [
          ...namespaceBase(mesh, 'istio-operator'),
          fromObject(
            'bases/istio-operator/crd/kustomization.yaml',
            'managed',
            kustomization({ resources: ['istiooperators.yaml'] }),
          ),
          fromTemplate(
            'bases/istio-operator/crd/istiooperators.yaml',
            'managed',
            'templates/bases/istio-operator/crd/istiooperators.yaml',
            {},
          ),
        ],

  revisionFiles(mesh, name) {
    const { version } = revisionOf(mesh, name);
    const folder = `revisions/${name}`;
    const template = 'overlays/revisions/__revision__';
    const data = {
      revision: name,
      version,
      versionLabel: versionLabel(version),
      operator: `istio-operator-${name}`,
      podSecurity: podSecurity(version, 1337),
      // From 1.17 on it would show its metrics to its own pod only.
      args: since(version, '1.17') ? ['--monitoring-host=0.0.0.0', '--monitoring-port=8383'] : [],
      operatorImage: `${operatorImage}:${version}`,
      controlPlane: `control-plane-${name}`,
      namespace: controlPlaneNamespace(mesh, name),
      values: frozenValues(mesh, version, controlPlaneNamespace(mesh, name)),
    };
    return [
      fromObject(
        `${folder}/operator/kustomization.yaml`,
        'frozen',
        kustomization({ resources: ['deployment.yaml', 'rbac.yaml', 'service.yaml'] }),
      ),
      fromTemplate(`${folder}/operator/deployment.yaml`, 'frozen', `${template}/operator/deployment.yaml`, data),
      fromTemplate(`${folder}/operator/rbac.yaml`, 'frozen', `${template}/operator/rbac.yaml`, data),
      fromTemplate(`${folder}/operator/service.yaml`, 'frozen', `${template}/operator/service.yaml`, data),
      fromObject(
        `${folder}/control-plane/kustomization.yaml`,
        'frozen',
        kustomization({ resources: ['istio-operator.yaml'] }),
      ),
      fromTemplate(
        `${folder}/control-plane/istio-operator.yaml`,
        'frozen',
        `${template}/control-plane/istio-operator.yaml`,
        data,
      ),
    ];
  },

  contributions(mesh, name) {
    const cluster = clusterOf(mesh, name);
    const revisions = operatorRevisions(mesh, cluster.revisions);
    const controlPlanes = operatorRevisions(mesh, controlPlaneRevisions(cluster));
    if (revisions.length === 0) return [];
    const layers: Contribution[] = [
      { layer: '1-namespaces', resources: ['bases/istio-operator/namespace', 'bases/istio-operator/crd'] },
      {
        layer: '2-operators',
        resources: revisions.map((revision) => `revisions/${revision}/operator`),
        files: [
          fromTemplate(
            'watched-namespaces.patch.yaml',
            'managed',
            'overlays/clusters/__cluster__/2-operators/watched-namespaces.patch.yaml',
            {
              namespaces: operatedNamespaces(mesh, revisions).join(','),
            },
          ),
        ],
        patches: [{ path: 'watched-namespaces.patch.yaml', target: { kind: 'Deployment', name: 'istio-operator-.*' } }],
        images: [{ name: operatorImage, newName: `${mesh.hub}/operator` }],
      },
      ...(controlPlanes.length === 0
        ? []
        : [
            {
              layer: '3-control-planes' as const,
              resources: controlPlanes.map((revision) => `revisions/${revision}/control-plane`),
              files: [
                fromTemplate(
                  'mesh.patch.yaml',
                  'managed',
                  'overlays/clusters/__cluster__/3-control-planes/mesh.patch.yaml',
                  {
                    hub: mesh.hub,
                    meshConfig: meshConfig(mesh),
                    values: controlPlaneValues(mesh, name, cluster),
                  },
                ),
              ],
              patches: [{ path: 'mesh.patch.yaml', target: { kind: 'IstioOperator', name: 'control-plane-.*' } }],
            },
            ...withoutCrds(mesh, cluster, controlPlanes),
            ...withoutValidator(mesh, controlPlanes),
          ]),
    ];
    const agent = nodeAgent(mesh);
    if (agent !== undefined && cluster.default !== adopted) layers.push(cni(mesh, agent, cluster.default));
    return layers;
  },
};

/** An operator that restarts applies all of its control plane again, Istio's CustomResourceDefinitions too. It never deletes them. */
function withoutCrds(mesh: Mesh, cluster: Cluster, controlPlanes: readonly string[]): Contribution[] {
  const bringing = bringsDefinitions(mesh, cluster);
  const older = controlPlanes.filter((revision) => revision !== bringing);
  if (older.length === 0) return [];
  return [controlPlanePatch('crds.patch.yaml', older)];
}

/** Where each revision has a namespace of its own, so has the validator of its base, which is the switch's to make (`defaultValidator`). */
function withoutValidator(mesh: Mesh, controlPlanes: readonly string[]): Contribution[] {
  const named = controlPlanes.filter((revision) => defaultValidator(mesh, revision) === 'named');
  return named.length === 0 ? [] : [controlPlanePatch('validator.patch.yaml', named)];
}

/** A patch of the control planes of some revisions. */
function controlPlanePatch(file: string, revisions: readonly string[]): Contribution {
  return {
    layer: '3-control-planes',
    files: [fromTemplate(file, 'managed', `overlays/clusters/__cluster__/3-control-planes/${file}`, {})],
    patches: revisions.map((revision) => ({
      path: file,
      target: { kind: 'IstioOperator', name: `control-plane-${revision}` },
    })),
  };
}

function operatorRevisions(mesh: Mesh, names: readonly string[]): string[] {
  return names.filter((name) => revisionOf(mesh, name).install === 'operator');
}

/** The CNI is no revisioned component: one IstioOperator of its own, which moves in place with the default revision. */
function cni(mesh: Mesh, agent: NodeAgent, revision: string): Contribution {
  const { version } = revisionOf(mesh, revision);
  return {
    layer: '3-control-planes',
    resources: ['./cni.yaml'],
    files: [
      fromTemplate('cni.yaml', 'managed', 'overlays/clusters/__cluster__/3-control-planes/cni.yaml', {
        namespace: controlPlaneNamespace(mesh, revision),
        cniNamespace: agent.namespace,
        hub: mesh.hub,
        version,
        revision: revisionName(version),
        values: agent.values(version),
      }),
    ],
  };
}

/** Everything under `values` of a control plane's IstioOperator: keys are checked against the operator's types, so they follow the version. */
function frozenValues(mesh: Mesh, version: string, namespace: string): object {
  const agent = nodeAgent(mesh)?.controlPlaneValues(version);
  return {
    global: { istioNamespace: namespace, ...agent?.global },
    pilot: { autoscaleEnabled: true, cpu: { targetAverageUtilization: 60 }, ...agent?.pilot },
    ...agent?.top,
  };
}
