import type { Mesh } from '../model/mesh.js';
import { accessLog } from './config/access-log.js';
import { accessLogByLabel } from './config/access-log-by-label.js';
import { accessLogFormat } from './config/access-log-format.js';
import { denyByDefault } from './config/deny-by-default.js';
import { discoverySelectors } from './config/discovery-selectors.js';
import { dnsAutoAllocate } from './config/dns-auto-allocate.js';
import { egressAllowList } from './config/egress-allow-list.js';
import { exitOnZeroConnections } from './config/exit-on-zero-connections.js';
import { exportTo } from './config/export-to.js';
import { gatewayApiExample } from './config/gateway-api-example.js';
import { gatewayExample } from './config/gateway-example.js';
import { gatewayZones } from './config/gateway-zones.js';
import { gzip } from './config/gzip.js';
import type { ConfigItem, ConfigParts } from './config/item.js';
import { localRateLimit } from './config/local-rate-limit.js';
import { metricTags } from './config/metric-tags.js';
import { monitors } from './config/monitors.js';
import { protocolSniffingOff } from './config/protocol-sniffing-off.js';
import { proxyConcurrency } from './config/proxy-concurrency.js';
import { proxyDrain } from './config/proxy-drain.js';
import { proxyProtocol } from './config/proxy-protocol.js';
import { proxyResources } from './config/proxy-resources.js';
import { pushTuning } from './config/push-tuning.js';
import { requestSizeLimit } from './config/request-size-limit.js';
import { responseHeaders } from './config/response-headers.js';
import { retryHeaders } from './config/retry-headers.js';
import { sidecarScope } from './config/sidecar-scope.js';
import { strictMtls } from './config/strict-mtls.js';
import { tcpKeepalive } from './config/tcp-keepalive.js';
import { traceSampling } from './config/trace-sampling.js';
import { upgradeAlerts } from './config/upgrade-alerts.js';
import { merge } from './merge.js';

/** The catalogue of configuration, in the order of its list. To add an item: its file and its line here. */
export const configItems: Readonly<Record<string, ConfigItem>> = {
  'discovery-selectors': discoverySelectors,
  'sidecar-scope': sidecarScope,
  'export-to': exportTo,
  'push-tuning': pushTuning,
  'proxy-resources': proxyResources,
  'proxy-concurrency': proxyConcurrency,
  'proxy-drain': proxyDrain,
  'exit-on-zero-connections': exitOnZeroConnections,
  'protocol-sniffing-off': protocolSniffingOff,
  'dns-auto-allocate': dnsAutoAllocate,
  'trace-sampling': traceSampling,
  'access-log': accessLog,
  'access-log-format': accessLogFormat,
  'access-log-by-label': accessLogByLabel,
  'metric-tags': metricTags,
  monitors: monitors,
  'upgrade-alerts': upgradeAlerts,
  'request-size-limit': requestSizeLimit,
  'retry-headers': retryHeaders,
  gzip: gzip,
  'local-rate-limit': localRateLimit,
  'strict-mtls': strictMtls,
  'deny-by-default': denyByDefault,
  'egress-allow-list': egressAllowList,
  'gateway-example': gatewayExample,
  'gateway-api-example': gatewayApiExample,
  'gateway-zones': gatewayZones,
  'proxy-protocol': proxyProtocol,
  'tcp-keepalive': tcpKeepalive,
  'response-headers': responseHeaders,
};

/** An item of a mesh: its name, and what it adds. */
export interface Configured extends ConfigParts {
  readonly name: string;
}

/** Every layer of every cluster asks for it. */
const known = new WeakMap<Mesh, readonly Configured[]>();

/** What the items of a mesh add, in the order of the catalogue; the mesh has passed `checkMesh`. */
export function configured(mesh: Mesh): readonly Configured[] {
  const items =
    known.get(mesh) ??
    Object.entries(configItems)
      .filter(([name]) => mesh.config[name] !== undefined)
      .map(([name, item]) => ({ name, ...item.parts(mesh, mesh.config[name]) }));
  known.set(mesh, items);
  return items;
}

/** What the items of a mesh say together about one thing. */
export function mergedConfig(mesh: Mesh, part: 'meshConfig' | 'values' | 'telemetry'): Record<string, unknown> {
  return configured(mesh)
    .map((parts) => parts[part] ?? {})
    .reduce<Record<string, unknown>>(merge, {});
}

/** The kinds beyond Istio's own that the items of a mesh bring, by API group. */
export function configKinds(mesh: Mesh): Record<string, readonly string[]> {
  const items = Object.keys(mesh.config).flatMap((name) => configItems[name] ?? []);
  const kinds = new Map<string, Set<string>>();
  for (const [group, names] of items.flatMap((item) => Object.entries(item.kinds ?? {})))
    kinds.set(group, new Set([...(kinds.get(group) ?? []), ...names]));
  return Object.fromEntries([...kinds].map(([group, names]) => [group, [...names].sort()]));
}

/** The settings of these items as a mesh file holds them: every default written out, so that no release of this package alters them. */
export function defaultSettings(names: readonly string[]): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const item = configItems[name];
      return item === undefined ? [] : [[name, item.settings.parse({})]];
    }),
  );
}
