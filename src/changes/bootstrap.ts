import type * as z from 'zod';
import { defaultSettings } from '../catalog/config.js';
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
import { unknownItems } from '../policy/check-config.js';
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
  /** Those whose load balancer has a private address; left out: none. */
  readonly internalGateways?: readonly GatewayKindName[] | undefined;
  readonly gatewayNamespaces: Mesh['namespaces']['gateways'];
  readonly controlPlaneNamespaces: Mesh['namespaces']['controlPlane'];
  readonly clusters: readonly string[];
  readonly repository: Mesh['repository'];
  readonly hub: string;
  /** Left out: Istio's own. */
  readonly charts?: string | undefined;
  /** Items of the catalogue of configuration; left out: none. */
  readonly config?: readonly string[] | undefined;
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
  const internal = new Set(request.internalGateways);
  const gateways = request.gateways.map(
    (kind) =>
      [gatewayKinds[kind].defaultName, { kind, ...(internal.has(kind) ? { exposure: 'internal' } : {}) }] as const,
  );
  const serves = Object.fromEntries(gateways.map(([gateway]) => [gateway, [name]]));
  const clusters = request.clusters.map((cluster) => [
    cluster,
    { network: cluster, revisions: [name], default: name, tags: { prod: name }, serves },
  ]);
  const { engine, repository, platform, hub, charts } = request;
  const settings = { engine, repository, platform, hub, charts };
  const problems = [
    ...checkRevision(revision),
    ...checkInternal(request),
    ...request.clusters.flatMap((cluster) => checkName('The cluster', cluster, '--clusters')),
    ...answerProblems(
      meshSchema.pick({ engine: true, repository: true, platform: true, hub: true, charts: true }).safeParse(settings),
    ),
    ...unknownItems(request.config ?? []),
  ];
  if (problems.length > 0) return { problems };

  const parsed = meshSchema.safeParse({
    ...settings,
    ...(request.dataPlane === 'ambient' ? { dataPlane: 'ambient' } : {}),
    namespaces: { controlPlane: request.controlPlaneNamespaces, gateways: request.gatewayNamespaces },
    revisions: { [name]: revision },
    gateways: Object.fromEntries(gateways),
    clusters: Object.fromEntries(clusters),
    config: defaultSettings(request.config ?? []),
  });
  if (!parsed.success) return { problems: answerProblems(parsed) };
  const mesh = {
    ...parsed.data,
    clusters: Object.fromEntries(
      Object.entries(parsed.data.clusters).map(([each, cluster]) => [each, withSharedCharts(parsed.data, cluster)]),
    ),
  };
  const found = checkMesh(mesh);
  return found.length > 0 ? { problems: found } : { mesh };
}

/** repository.branch is asked for by --branch. */
const optionOf: Readonly<Record<string, string>> = { 'repository.url': 'repository', 'repository.branch': 'branch' };

function answerProblems({ error }: { readonly error?: z.ZodError | undefined }): Problem[] {
  return (error?.issues ?? []).map(({ path, message }) => ({
    rule: 'invalid-answer',
    message: `${path.join('.')} ${message}.`,
    fix: `Give another --${optionOf[path.join('.')] ?? path.join('-')}`,
  }));
}

function checkInternal({ gateways, internalGateways = [] }: BootstrapRequest): Problem[] {
  const strangers = internalGateways.filter((kind) => !gateways.includes(kind));
  if (strangers.length === 0) return [];
  return [
    {
      rule: 'invalid-option',
      message: `--internal-gateways names ${strangers.join(', ')}, which --gateways does not have.`,
      fix: `Take --gateways ${[...gateways, ...strangers].join(',')}, or leave it away`,
    },
  ];
}
