import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { readOptions } from '../../src/commands/options.js';
import { inspect } from '../../src/commands/verify.js';
import type { KnownBuilds } from '../../src/commands/verify-build.js';
import type { Verified } from '../../src/commands/verify-report.js';
import { chartsUrl, serveCharts } from '../support/chart-repository.js';
import { app, command, revision, type Typed } from '../support/commands.js';
import { commitAll } from '../support/git.js';
import { kubectl } from '../support/kubectl.js';
import { scratchRoot } from '../support/scratch-root.js';
import { project } from '../support/source-files.js';

// The command looks for kustomize on PATH, and tests need nothing but npm.
process.env['PATH'] = `${dirname(kubectl())}${delimiter}${process.env['PATH']}`;

/** As the charts before 1.20 make some for metrics. */
const ownFilter = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: stats-filter-1.13-{{ .Values.revision }}
  namespace: {{ .Values.meshConfig.rootNamespace }}
  labels:
    istio.io/rev: {{ .Values.revision }}
spec:
  configPatches:
    - applyTo: HTTP_FILTER
      match: { proxy: { proxyVersion: ^1.13.* } }
      patch: { operation: INSERT_BEFORE, value: { name: istio.stats } }
`;

/** Repositories as the commands write them, of different engines, install methods, platforms and phases. */
const made = {
  /** Argo CD, operator, injected gateways: both revisions serve. */
  operator: async (folder: string) => {
    await app(folder, { 'istio-version': '1.22.5', gateways: 'ingress,eastwest' });
    await revision(folder, '1.23.4', { through: 'blend' });
  },
  /** Argo CD, gateways made by operators of a version that injects none, on OpenShift. */
  operated: async (folder: string) => {
    await app(folder, { 'istio-version': '1.9.5', platform: 'openshift' });
    await revision(folder, '1.10.3', { through: 'workloads', 'gateway-install': 'operator' });
  },
  /** Argo CD, Istio's charts: the new revision is dark. */
  charts: async (folder: string) => {
    await app(folder, {
      'istio-version': '1.12.9',
      install: 'helm',
      'gateway-namespaces': 'dedicated',
      gateways: 'ingress,egress',
    });
    await revision(folder, '1.13.9', { through: 'add' });
  },
  /** Argo CD, operator, with much of the catalogue of configuration: the new revision serves. */
  configured: async (folder: string) => {
    const config =
      'discovery-selectors,sidecar-scope,push-tuning,proxy-resources,proxy-drain,access-log-by-label,monitors,gzip,local-rate-limit,strict-mtls,deny-by-default,egress-allow-list,gateway-example,gateway-zones,proxy-protocol,response-headers';
    await app(folder, { 'istio-version': '1.22.5', gateways: 'ingress,egress,eastwest', config });
    await revision(folder, '1.23.4', { through: 'cut' });
  },
  /** Flux, Istio's charts: the new revision serves. */
  flux: async (folder: string) => {
    await app(folder, { 'istio-version': '1.28.4', install: 'helm', engine: 'flux' });
    await revision(folder, '1.29.4', { through: 'cut' });
  },
  /** Argo CD, Istio's charts as manifests, with a node agent and configuration: both revisions serve. */
  rendered: async (folder: string) => {
    const close = await serveCharts();
    try {
      const config = 'discovery-selectors,push-tuning,proxy-resources';
      await app(folder, { 'istio-version': '1.30.5', render: true, charts: chartsUrl, platform: 'openshift', config });
      await revision(folder, '1.31.1', { through: 'blend' });
    } finally {
      close();
    }
  },
  /** Flux, Istio's charts as manifests, with fields that istiod writes, a namespace for each control plane: the new revision is dark. */
  'rendered-apart': async (folder: string) => {
    const close = await serveCharts((path, text) =>
      path.endsWith('webhooks.yaml') ? `${text}---\n${ownFilter}` : text,
    );
    try {
      const apart = { engine: 'flux', 'control-plane-namespaces': 'per-revision' };
      await app(folder, { 'istio-version': '1.13.9', render: true, charts: chartsUrl, ...apart });
      await revision(folder, '1.14.6', { through: 'add' });
    } finally {
      close();
    }
  },
  /** Flux, Sail, ambient mode, with configuration: the new revision is the default. */
  sail: async (folder: string) => {
    const config = 'discovery-selectors,push-tuning,proxy-resources';
    await app(folder, { 'istio-version': '1.29.6', install: 'sail', engine: 'flux', 'data-plane': 'ambient', config });
    await revision(folder, '1.30.3', { through: 'default' });
  },
  /** Argo CD, Sail: the new revision is dark. */
  'sail-by-argo': async (folder: string) => {
    await app(folder, { 'istio-version': '1.29.6', install: 'sail' });
    await revision(folder, '1.30.3', { through: 'add' });
  },
  /** Flux, operator, no load balancers, a namespace for each control plane, two clusters. */
  metal: async (folder: string) => {
    await app(folder, {
      'istio-version': '1.20.8',
      engine: 'flux',
      platform: 'bare-metal',
      'control-plane-namespaces': 'per-revision',
      clusters: 'production,staging',
    });
  },
  /** Argo CD, beside an installation that was there before: both serve. */
  adopted: async (folder: string) => {
    const manifests = join(project, 'test/adopt/installations/operator.yaml');
    const { exitCode, text } = await command('adopt', folder, {
      manifests,
      repository: 'https://git.example.com/mesh.git',
    });
    if (exitCode !== 0) throw new Error(text);
    await revision(folder, '1.14.6', { through: 'blend' });
  },
};
export type BaseName = keyof typeof made;
export const baseNames = Object.keys(made) as BaseName[];

/** Makes each repository once, hands out copies, and remembers what was built of them. */
export class Bases {
  readonly #folder = mkdtempSync(join(scratchRoot, 'istio-prod-verify-'));
  readonly #made = new Map<BaseName, Promise<string>>();
  readonly #known: KnownBuilds = new Map();
  #count = 0;

  async copyOf(name: BaseName): Promise<Edited> {
    return this.copyOfFolder(await this.#base(name));
  }

  copyOfFolder(from: string): Edited {
    const folder = join(this.#folder, String(this.#count++));
    cpSync(from, folder, { recursive: true });
    return new Edited(folder, this.#known);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #base(name: BaseName): Promise<string> {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    const promise = made[name](folder).then(() => folder);
    this.#made.set(name, promise);
    return promise;
  }
}

interface Target {
  readonly kind: string;
  readonly name: string;
}

/** A repository that somebody edits. */
export class Edited {
  constructor(
    readonly folder: string,
    readonly known: KnownBuilds,
  ) {}

  /** Replaces a text that must be there, everywhere in the file. */
  replace(file: string, from: string, to: string): this {
    const text = readFileSync(join(this.folder, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
    return this.write(file, text.replaceAll(from, to));
  }

  write(file: string, content: string | object): this {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return this;
  }

  /** The team's own patch of an object: operations of a JSON patch. */
  patch(
    layer: string,
    target: Target,
    ...operations: readonly (readonly [op: string, path: string, value?: unknown])[]
  ): this {
    const patch = JSON.stringify(
      operations.map(([op, path, value]) => ({ op, path, ...(value === undefined ? {} : { value }) })),
    );
    return this.#custom(layer, { patches: [{ target, patch }] });
  }

  /** The team's own patch that takes an object away. */
  drop(layer: string, apiVersion: string, { kind, name }: Target, namespace?: string): this {
    const patch = JSON.stringify({ $patch: 'delete', apiVersion, kind, metadata: { name, namespace } });
    return this.#custom(layer, { patches: [{ patch }] });
  }

  /** An object of the team's own. */
  add(layer: string, apiVersion: string, kind: string, namespace: string, name: string, fields: object): this {
    const file = `${name}.yaml`;
    this.write(`clusters/production/custom/${layer}/${file}`, {
      apiVersion,
      kind,
      metadata: { name, namespace },
      ...fields,
    });
    return this.#custom(layer, { resources: [file] });
  }

  commit(): this {
    commitAll(this.folder, 'An edit');
    return this;
  }

  /** What verify finds. */
  async verified(typed: Typed = {}): Promise<Verified> {
    return await inspect(readOptions('verify', { root: this.folder, ...typed }, '2026-11-22'), this.known);
  }

  #custom(layer: string, parts: Readonly<Record<string, readonly unknown[]>>): this {
    const file = `clusters/production/custom/${layer}/kustomization.yaml`;
    const beside = join(this.folder, file);
    const text = existsSync(beside) ? readFileSync(beside, 'utf8') : '';
    const there = text.startsWith('{') ? JSON.parse(text) : {};
    const joined = Object.entries(parts).map(([key, list]) => [key, [...(there[key] ?? []), ...list]]);
    return this.write(file, {
      apiVersion: 'kustomize.config.k8s.io/v1alpha1',
      kind: 'Component',
      ...there,
      ...Object.fromEntries(joined),
    });
  }
}
