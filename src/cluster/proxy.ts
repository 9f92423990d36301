import { BlockList, isIP } from 'node:net';

/**
 * The proxy that the environment names for a server; undefined where it is to be asked directly.
 *
 * As kubectl takes HTTPS_PROXY, HTTP_PROXY and NO_PROXY (pkg.go.dev/golang.org/x/net/http/httpproxy).
 */
export function proxyFor(server: URL, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = (name: string) => env[name] || env[name.toLowerCase()] || '';
  const proxy = named(server.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY');
  if (proxy === '' || isDirect(server, named('NO_PROXY').toLowerCase())) return undefined;
  return /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
}

function isDirect({ hostname, protocol, port }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (host === 'localhost' || host === '::1' || (family === 4 && host.startsWith('127.'))) return true;
  const entries = list.split(',').map((entry) => entry.trim());
  return entries.some((entry) => {
    if (entry === '' || entry === '*') return entry === '*';
    const [, name = entry, ofPort] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
    if (ofPort !== undefined && ofPort !== (port || (protocol === 'http:' ? '80' : '443'))) return false;
    if (family !== 0) return isWithin(host, family, name.replace(/^\[|\]$/g, ''));
    const domain = name.replace(/^\*\./, '.');
    return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
  });
}

/** Whether an entry is this address, or a network (10.0.0.0/8) that it is in. */
function isWithin(host: string, family: number, entry: string): boolean {
  const [address = '', prefix = family === 4 ? '32' : '128'] = entry.split('/');
  if (isIP(address) !== family || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const network = new BlockList();
  network.addSubnet(address, Number(prefix), type);
  return network.check(host, type);
}
