import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import { isKubeObject, type KubeObject } from '../model/kube-object.js';

/** The documents of a YAML text, read as YAML 1.1, as kubectl and kustomize do. Throws where it is no YAML. */
export function readDocuments(text: string): unknown[] {
  return loadAll(text, { schema: YAML11_SCHEMA }) as unknown[];
}

/** The Kubernetes objects of a YAML text. */
export function readObjects(text: string): KubeObject[] {
  return readDocuments(text).filter(isKubeObject);
}
