import { configItems, configured, mergedConfig } from '../catalog/config.js';
import { withoutItem } from '../catalog/config-elsewhere.js';
import { rootNamespace } from '../catalog/namespaces.js';
import { type FileSpec, fromTemplate } from '../model/file-spec.js';
import type { Mesh } from '../model/mesh.js';
import { table } from './markdown.js';

/** A row of the table of who decides: the setting, then mesh, namespace and workload, then which wins. */
type Row = readonly [setting: string, mesh: string, namespace: string, workload: string, wins: string];

/** The chapter on configuration: what is chosen, where it is, and which setting wins; only what this mesh has. */
export function configurationGuide(mesh: Mesh): FileSpec {
  const chosen = configured(mesh).map(({ name, ...parts }) => [
    `\`${name}\``,
    configItems[name]?.title ?? '',
    [
      ...(parts.meshConfig === undefined && parts.values === undefined ? [] : ['`clusters/*/3-control-planes`']),
      ...(parts.telemetry === undefined ? [] : [`\`bases/${rootNamespace(mesh)}/mesh/telemetry.yaml\``]),
      ...(parts.mesh ?? []).map(({ path }) => `\`bases/${rootNamespace(mesh)}/mesh/${path}\``),
      ...(parts.copies === undefined ? [] : [`\`bases/${rootNamespace(mesh)}/revision-*\``]),
      ...(parts.layers?.(Object.keys(mesh.clusters)[0] ?? '') ?? []).map(({ layer }) => `\`clusters/*/${layer}\``),
      ...(parts.examples ?? []).map(({ path }) => `\`docs/examples/${path}\``),
    ].join('<br>'),
  ]);
  return fromTemplate('docs/configuration.md', 'managed', 'templates/docs/configuration.md', {
    chosen:
      chosen.length === 0
        ? 'Nothing yet.'
        : table(['item', 'what it does', 'where it is (rendered, or an example)'], chosen),
    elsewhere: table(
      ['what', 'how'],
      withoutItem.map(({ what, how }) => [what, how]),
    ),
    precedence: table(['what', 'for the mesh', 'for a namespace', 'for a workload', 'which wins'], rows(mesh)),
  });
}

function rows(mesh: Mesh): Row[] {
  const has = (...names: readonly string[]) => names.some((name) => mesh.config[name] !== undefined);
  const inRoot = `in \`${rootNamespace(mesh)}\``;
  const all: readonly (readonly [boolean, Row])[] = [
    [
      true,
      [
        'mutual TLS',
        `PeerAuthentication \`default\` ${inRoot}: PERMISSIVE`,
        'PeerAuthentication',
        'the same with a selector',
        'the narrowest',
      ],
    ],
    [
      true,
      [
        'who may call',
        `nothing ${inRoot}, and let it stay so: it would hold for the gateways too`,
        'AuthorizationPolicy',
        'the same with a selector',
        'all of them: what one denies is denied; where one allows, what none allows is denied',
      ],
    ],
    [
      true,
      [
        'settings of proxies',
        '`meshConfig.defaultConfig`, `clusters/*/3-control-planes`',
        '–',
        'annotation `proxy.istio.io/config` of the pod',
        'the pod’s, field by field; when it restarts',
      ],
    ],
    [
      true,
      [
        'calls to outside hosts',
        '`meshConfig.outboundTrafficPolicy`',
        '`outboundTrafficPolicy` of its Sidecar',
        'the same with a workloadSelector',
        'the narrowest',
      ],
    ],
    [
      has('discovery-selectors'),
      ['what istiod looks at', '`meshConfig.discoverySelectors`', 'label `istio-discovery`', '–', 'the label'],
    ],
    [
      has('sidecar-scope'),
      [
        'what sidecars see',
        `Sidecar \`default\` ${inRoot}`,
        'Sidecar `default`',
        'Sidecar with a workloadSelector',
        'the narrowest, as a whole',
      ],
    ],
    [
      has('export-to'),
      ['who sees a service or route', '`meshConfig.default…ExportTo`', '–', 'its `exportTo`', 'the narrowest'],
    ],
    [
      has('proxy-resources'),
      [
        'resources of sidecars',
        '`values.global.proxy.resources`',
        '–',
        'annotations `sidecar.istio.io/proxyCPU`, `proxyMemory`, …',
        'the pod’s',
      ],
    ],
    [
      Object.keys(mergedConfig(mesh, 'telemetry')).length > 0,
      [
        'access logs, metrics, traces',
        `Telemetry \`mesh-default\` ${inRoot}; istiod reads one there, so add to it by \`custom/6-mesh\``,
        'Telemetry without a selector',
        'Telemetry with a selector, in the namespace',
        'the narrowest, field by field',
      ],
    ],
    [
      configured(mesh).some(({ copies }) => copies !== undefined),
      [
        'Envoy itself',
        `EnvoyFilters ${inRoot}, a copy for each live revision`,
        'EnvoyFilter',
        'the same with a workloadSelector',
        `all of them: those ${inRoot} first, and the lower priority first`,
      ],
    ],
  ];
  return all.filter(([applies]) => applies).map(([, row]) => row);
}
