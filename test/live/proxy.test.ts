import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/cluster/proxy.js';

const through = (server: string, no: string) =>
  proxyFor(new URL(server), { HTTPS_PROXY: 'proxy.example:3128', NO_PROXY: no });

describe('the proxy that the environment names', () => {
  it.each([
    ['https://api.example', ''],
    ['https://api.example', 'other.example, i.example,,.api.example'],
    ['https://api.example', 'api.example:6443'],
    ['https://10.1.2.3:6443', '10.2.0.0/16,fd00::/8,10.1.2.30,10.1.2.3/99'],
    ['https://[fd01::1]', '10.0.0.0/8,fd00::/16'],
  ])('is asked for %s where NO_PROXY is "%s"', (server, no) =>
    expect(through(server, no)).toBe('http://proxy.example:3128'),
  );

  it.each([
    ['https://api.example', '*'],
    ['https://api.example', 'x, .EXAMPLE'],
    ['https://api.example', '*.example'],
    ['https://api.example', 'api.example'],
    ['https://eu.api.example', 'api.example:443'],
    ['https://10.1.2.3:6443', '10.0.0.0/8'],
    ['https://10.1.2.3:6443', '10.1.2.3:6443'],
    ['https://[fd00::1]:6443', '[fd00::1]:6443'],
    ['https://[fd00::1]', 'fd00::/8'],
    ['https://127.0.0.1:6443', ''],
    ['https://[::1]:6443', ''],
    ['https://localhost:6443', ''],
  ])('is left out for %s where NO_PROXY is "%s"', (server, no) => expect(through(server, no)).toBeUndefined());

  it('is one for each protocol, in upper or lower case, as it was typed', () => {
    const env = { https_proxy: 'socks5://a:1', HTTP_PROXY: 'https://b:2' };
    expect(proxyFor(new URL('https://api.example'), env)).toBe('socks5://a:1');
    expect(proxyFor(new URL('http://api.example'), env)).toBe('https://b:2');
    expect(proxyFor(new URL('https://api.example'), {})).toBeUndefined();
  });
});
