import type { KubeObject } from '../../kube/objects.js';

/** `k8s.overlays` of an IstioOperator component: changes to rendered objects, matched by kind and name. */
export interface Overlay {
  readonly kind: string;
  readonly name: string;
  readonly patches: readonly { readonly path: string; readonly value?: unknown }[];
}

/** Applies overlays in place. A path without value deletes. */
export function applyOverlays(objects: KubeObject[], overlays: readonly Overlay[]): KubeObject[] {
  for (const { kind, name, patches } of overlays) {
    const target = objects.find((object) => object.kind === kind && object.metadata.name === name);
    if (target !== undefined) for (const { path, value } of patches) setPath(target, segmentsOf(path), value);
  }
  return objects;
}

/** `spec.containers.[name:istio-proxy].env`, dots inside keys escaped as `\.`. */
function segmentsOf(path: string): string[] {
  return path.split(/(?<!\\)\./).map((segment) => segment.replaceAll('\\.', '.'));
}

// biome-ignore lint/suspicious/noExplicitAny: walks into objects of any kind.
function setPath(node: any, [head = '', ...rest]: string[], value: unknown): void {
  const [, key, wanted] = /^\[(.+?):(.*)\]$/.exec(head) ?? [];
  const index = /^\[(\d+)\]$/.exec(head)?.[1];
  const at =
    key !== undefined
      ? node.findIndex((item: Record<string, unknown>) => item[key] === wanted)
      : index !== undefined
        ? Number(index)
        : head;
  if (rest.length > 0) {
    if (at === -1) return;
    node[at] ??= {};
    setPath(node[at], rest, value);
  } else if (value === undefined) {
    if (Array.isArray(node)) node.splice(at as number, 1);
    else delete node[at];
  } else {
    node[at] = value;
  }
}
