/** What people look for in the catalogue of configuration and is no item: always so, or said of a gateway. For the list and the docs. */
export const withoutItem: readonly { readonly what: string; readonly how: string }[] = [
  { what: 'a gateway with a private address', how: 'exposure: internal of the gateway in istio-prod.yaml' },
  { what: 'the address of the client is kept', how: 'externalTrafficPolicy: Local of the gateway in istio-prod.yaml' },
  {
    what: 'gateways may read the TLS Secrets of their own namespace',
    how: 'always: a Role in bases/<namespace>/identity',
  },
  { what: 'gateways prefer to be spread over zones', how: 'always' },
  { what: 'gateways that end drain for 30 s', how: 'always' },
  { what: 'applications start after their proxy', how: 'always: holdApplicationUntilProxyStarts' },
  { what: 'proxies answer DNS for their pod (DNS capture)', how: 'always: ISTIO_META_DNS_CAPTURE' },
  { what: 'access logs are JSON, on the output of the proxy', how: 'always, for what is logged' },
  { what: 'mutual TLS is PERMISSIVE', how: 'always: a namespace says otherwise (strict-mtls)' },
];
