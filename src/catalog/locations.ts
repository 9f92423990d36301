/**
 * Where Istio's images and charts were, and are taken down in December 2026: what was published from 1.31 on is not
 * there at all. The defaults of a mesh, docker.io/istio and blob.istio.io, have every version.
 *
 * Source: istio.io/blog/2026/retirement-of-gcp and the upgrade notes of 1.31.
 */
export const locationsThatEnd: readonly { readonly host: RegExp; readonly instead: string }[] = [
  { host: /^gcr\.io\/istio-(release|testing)(\/|$)/, instead: 'docker.io/istio' },
  { host: /^registry\.istio\.io(\/|$)/, instead: 'docker.io/istio' },
  {
    host: /^https?:\/\/istio-release\.storage\.googleapis\.com(\/|$)/,
    instead: 'https://blob.istio.io/istio-release/charts',
  },
];
