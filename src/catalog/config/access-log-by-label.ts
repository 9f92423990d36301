import * as z from 'zod';
import { accessLogFields } from '../access-log-fields.js';
import { envoyFilter } from '../envoy-filter.js';
import { configItem } from './item.js';

/**
 * Access logs for those who ask for them, in every version.
 *
 * An EnvoyFilter, because a Telemetry resource of the root namespace has no say by label (istiod reads the one there that
 * has no selector; pilot/pkg/model/telemetry.go).
 */
export const accessLogByLabel = configItem({
  group: 'access logs',
  title: 'Only pods with the label istio-logs: "enabled" write access logs, as JSON; all others write none.',
  cost: 'Everybody who reads access logs today must set the label first. It logs HTTP, not plain TCP. It takes effect at once, without a restart.',
  since: '1.9',
  excludes: ['access-log', 'access-log-format'],
  settings: z.strictObject({}),
  parts: () => ({
    meshConfig: { accessLogFile: '' },
    copies: (live) => [
      envoyFilter('access-log-by-label', 'mesh', live, { 'istio-logs': 'enabled' }, { fields: accessLogFields }),
    ],
  }),
});
