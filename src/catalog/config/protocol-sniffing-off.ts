import * as z from 'zod';
import { configItem } from './item.js';

/** Protocols are declared, not guessed (values.pilot.enableProtocolSniffing…, in the charts of 1.9 … 1.18). */
export const protocolSniffingOff = configItem({
  group: 'sidecar proxy',
  title: 'Proxies do not guess the protocol of a port: it is what the Service declares, and else plain TCP.',
  cost: 'A port without a declared protocol becomes TCP at once: no routes, retries or HTTP metrics. The control planes roll, pod by pod.',
  since: '1.9',
  until: '1.18',
  instead: 'Declare the protocol of every Service port, by its name (http-…, grpc-…, tcp-…) or by appProtocol',
  disrupts: (_before, after) =>
    after === undefined ? undefined : 'HTTP on a port that does not declare it loses its routes',
  settings: z.strictObject({}),
  parts: () => ({
    values: { pilot: { enableProtocolSniffingForInbound: false, enableProtocolSniffingForOutbound: false } },
  }),
});
