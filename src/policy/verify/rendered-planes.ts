import { type Fields, isFields, type Located, labelsOf, listAt, mapAt, textAt } from '../../model/kube-object.js';

/** A control plane in Git, however it is installed. */
export interface ControlPlane {
  readonly where: Located;
  readonly revision: string;
  readonly version: string;
  readonly meshConfig: Fields;
  /** The values under `global`. */
  readonly global: Fields;
}

/** The control planes that are manifests in Git: their Deployments, with what their ConfigMaps say. */
export function renderedPlanes(objects: readonly Located[]): ControlPlane[] {
  return objects
    .filter(({ object }) => object.kind === 'Deployment' && labelsOf(object)['app'] === 'istiod')
    .map((where): ControlPlane => {
      const { namespace } = where.object.metadata;
      const revision = String(labelsOf(where.object)['istio.io/rev'] ?? '');
      const textIn = (name: string, key: string) =>
        textAt(
          objects.find(
            ({ object: { kind, metadata } }) =>
              kind === 'ConfigMap' && metadata.name === name && metadata.namespace === namespace,
          )?.object,
          `data.${key}`,
        );
      return {
        where,
        revision,
        version: versionOf(where, 'pilot'),
        meshConfig: settingsIn(textIn(`istio-${revision}`, 'mesh')),
        global: globalIn(textIn(`istio-sidecar-injector-${revision}`, 'values')),
      };
    });
}

/** The version of the image of that name in the pods of an object; empty where it has none. */
export function versionOf({ object }: Located, image: string): string {
  return (
    listAt(object, 'spec.template.spec.containers')
      .map((container) => new RegExp(`/${image}:([^@]+)`).exec(textAt(container, 'image'))?.[1])
      .find((version) => version !== undefined) ?? ''
  );
}

/** The keys of a text as helm writes YAML, each with its own text: enough to compare them, and to read one word. */
function settingsIn(text: string): Fields {
  return Object.fromEntries(
    text.split(/\n(?=[A-Za-z])/).flatMap((block) => {
      const [, key, value] = /^(\w+):(.*)$/s.exec(block) ?? [];
      return key === undefined ? [] : [[key, value?.trim().replace(/^"(.*)"$/s, '$1')]];
    }),
  );
}

/** The values under `global` in the JSON text of an injector; empty where it is none. */
function globalIn(text: string): Fields {
  try {
    const values: unknown = JSON.parse(text);
    return isFields(values) ? mapAt(values, 'global') : {};
  } catch {
    return {};
  }
}
