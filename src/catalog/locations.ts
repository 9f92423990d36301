/** Where Istio publishes every version: the defaults of a mesh. */
export const locations = { hub: 'docker.io/istio', charts: 'https://blob.istio.io/istio-release/charts' } as const;

/**
 * Where images and charts were, and are taken down in December 2026: what was published from 1.31 on is not there at all.
 *
 * Source: istio.io/blog/2026/retirement-of-gcp and the upgrade notes of 1.31.
 */
export const locationsThatEnd: readonly { readonly start: RegExp; readonly name: string; readonly instead: string }[] =
  [
    { start: /^gcr\.io\/istio-(release|testing)(\/|$)/, name: 'gcr.io/istio-release', instead: locations.hub },
    { start: /^registry\.istio\.io(\/|$)/, name: 'registry.istio.io', instead: locations.hub },
    {
      start: /^https?:\/\/istio-release\.storage\.googleapis\.com(\/|$)/,
      name: 'istio-release.storage.googleapis.com',
      instead: locations.charts,
    },
  ];
