import { loadAll } from 'js-yaml';

/** The images of all containers in some manifests, each once. */
export function imagesOf(manifests: string): string[] {
  return [...new Set(loadAll(manifests).flatMap(containerImages))];
}

function containerImages(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) =>
    /^(init|ephemeral)?containers$/i.test(key) && Array.isArray(below)
      ? below.flatMap(({ image }) => (typeof image === 'string' ? [image] : []))
      : containerImages(below),
  );
}

/** What an istiod injects is in no manifest: the proxy, under the tag and the variant of the istiod (istio pkg/kube/inject). */
export function withInjected(image: string): string[] {
  return /\/pilot:[^/]+$/.test(image) ? [image, image.replace(/\/pilot:([^/]+)$/, '/proxyv2:$1')] : [image];
}
