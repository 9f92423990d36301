import { gatewayKinds } from '../catalog/kinds.js';
import {
  type DataPlaneName,
  type EngineName,
  type GatewayKindName,
  type InstallName,
  type Mesh,
  meshSchema,
  type PlatformName,
  type Revision,
} from '../model/mesh.js';
import type { Problem } from '../model/problem.js';
import { revisionName } from '../model/revision.js';
import { checkMesh } from '../policy/check-mesh.js';
import { checkName } from '../policy/naming.js';
import { withSharedCharts } from '../policy/shared-charts.js';
import { checkRevision, gatewayMaker } from '../policy/versions.js';

/** The answers of bootstrap, all of them given. */
export interface BootstrapRequest {
  readonly version: string;
  readonly install: InstallName;
  /** Whether Istio's charts become manifests in the repository. */
  readonly render?: boolean | undefined;
  readonly gatewayInstall?: Revision['gateways'] | undefined;
  readonly engine: EngineName;
  readonly platform: PlatformName;
  /** Left out: sidecars. */
  readonly dataPlane?: DataPlaneName | undefined;
  readonly gateways: readonly GatewayKindName[];
  readonly gatewayNamespaces: Mesh['namespaces']['gateways'];
  readonly controlPlaneNamespaces: Mesh['namespaces']['controlPlane'];
  readonly clusters: readonly string[];
  readonly repository: Mesh['repository'];
  readonly hub: string;
  /** Left out: Istio's own. */
  readonly charts?: string | undefined;
}

/** The mesh of a new repository: one revision, which is the default, has the tag `prod` and serves every gateway of every cluster. */
export function bootstrap(
  request: BootstrapRequest,
): { readonly mesh: Mesh } | { readonly problems: readonly Problem[] } {
  const { version, install } = request;
  const revision: Revision = {
    version,
    install,
    ...(request.render ? { charts: 'rendered' } : {}),
    gateways: request.gatewayInstall ?? gatewayMaker(version),
  };
  const name = revisionName(version);
  const gateways = request.gateways.map((kind) => [gatewayKinds[kind].defaultName, { kind }] as const);
  const serves = Object.fromEntries(gateways.map(([gateway]) => [gateway, [name]]));
  const clusters = request.clusters.map((cluster) => [
    cluster,
    { network: cluster, revisions: [name], default: name, tags: { prod: name }, serves },
  ]);
  const problems = [
    ...checkRevision(revision),
    ...request.clusters.flatMap((cluster) => checkName('The cluster', cluster, '--clusters')),
  ];
  if (problems.length > 0) return { problems };

  const parsed = meshSchema.safeParse({
    engine: request.engine,
    repository: request.repository,
    platform: request.platform,
    ...(request.dataPlane === 'ambient' ? { dataPlane: 'ambient' } : {}),
    hub: request.hub,
    charts: request.charts,
    namespaces: { controlPlane: request.controlPlaneNamespaces, gateways: request.gatewayNamespaces },
    revisions: { [name]: revision },
    gateways: Object.fromEntries(gateways),
    clusters: Object.fromEntries(clusters),
  });
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map(({ path, message }) => ({
        rule: 'invalid-answer',
        message: `${path.join('.')} ${message}.`,
        fix: `Give another --${path.join('-')}`,
      })),
    };
  }
  const mesh = {
    ...parsed.data,
    clusters: Object.fromEntries(
      Object.entries(parsed.data.clusters).map(([each, cluster]) => [each, withSharedCharts(parsed.data, cluster)]),
    ),
  };
  const found = checkMesh(mesh);
  return found.length > 0 ? { problems: found } : { mesh };
}
